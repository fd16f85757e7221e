//! What generated code may name. Nothing here is meant for other use, and all of it can change.

pub use alloc::boxed::Box;
pub use alloc::rc::Weak as RcWeak;
pub use alloc::sync::Weak as ArcWeak;
pub use core::any::{TypeId, type_name as id};
pub use core::clone::Clone;
pub use core::convert::{From, Infallible};
pub use core::default::Default;
pub use core::marker::{Copy, Sized};
pub use core::mem::{offset_of, size_of, swap, take};
pub use core::option::Option::{self, None, Some};
pub use core::primitive::{bool, str, u8, usize};
pub use core::result::Result::{self, Err, Ok};

pub use crate::dynamic::{
    Access, Listed, Member, access, any, assert_tags, boxed, check_listed, exchange_listed, get_listed, member_aliases,
    member_schema, member_tag, older_member, position, put_listed, renamed_member, set_listed, settle_listed,
    size_listed, trait_name,
};
#[cfg(feature = "std")]
pub use crate::dynamic::{
    OpenMember, OpenSet, Registry, check_open, exchange_open, get_open, gone_arc_open, gone_rc_open, known_set,
    put_open, set_open, settle_open, size_open,
};
pub use crate::error::Error;
pub use crate::evolve::Older;
pub use crate::impls::borrow::{exchange_owned, owned, set_owned, settle_owned};
pub use crate::impls::convert::{
    back_array, back_box, back_each, back_item, back_option, back_tuple, each, each_in_array, each_in_box, each_mut,
    each_of, each_of_array, each_pair, each_settled, kept, unboxed,
};
pub use crate::impls::ext::serde;
pub use crate::impls::hooks::{AfterSet, BeforeGet, Sourced, Worded, after_set, before_get};
#[cfg(feature = "std")]
pub use crate::impls::sorted::{Restorer, Sorted, Unsorted, put_sorted};
pub use crate::impls::with::{With, taken, with};
pub use crate::pointee::{Pointee, Pointer, RestorePointee};
pub use crate::protocol::builder::Builder;
pub use crate::protocol::decode::{Checker, Reader};
pub use crate::protocol::encode::{Size, Writer};
pub use crate::protocol::layout::{enum_head, enum_is_inline, largest, raw_head, tag_head};
pub use crate::protocol::memory::{Exact, Image};
pub use crate::protocol::parts::{assign, check, cut, cut_mut, get, put, refused_within, set, settled, size};
pub use crate::protocol::stack::{deepest, stack};
pub use crate::protocol::variant::{apart, check_variant, get_variant, put_variant, size_variant, skipped, tag};
pub use crate::raw::field::{field, field_mut};
pub use crate::raw::{Layout, Record};
pub use crate::schema::evolution::{Alias, Evolution, OldForm, Upgrade, old_form, run_upgrade};
pub use crate::schema::fingerprint::Known;
pub use crate::schema::form::{Form, Shape, Sharing};
pub use crate::schema::{EnumVariant, Names, RecordField, Schema, Slot};
pub use crate::sharing::held::{hold_get, hold_put, hold_set, hold_size};
pub use crate::sharing::pointer::SharedPointer;
pub use crate::sharing::proof::{OneThread, Share, Shares};
pub use crate::state::{Derived, Outcome, Parent, Remote, Restore, State, StateObject};
pub use crate::{__image as image, __record as record};

/// The functions for fields of raw arrays.
pub mod raw {
    pub use crate::raw::items::{Kept, Many, Maybe, One};
    pub use crate::raw::kind::{FlagKind, NoKind, OpaqueKind, Probe};
    pub use crate::raw::slot::{ARRAY, BYTES, COUNTED, check, exchange, get, put, schema, set, size};
}

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Display;

/// An item that generated code imports under the names of its locals; see `shadows` in the derive.
pub fn local() {}

/// Finds the schema of `[T; 0]`: that of an array of `T` if `T` has a state, otherwise that of an array of `()`.
#[derive(Debug)]
pub struct OfNone<T>(core::marker::PhantomData<fn() -> T>);

impl<T> OfNone<T> {
    pub const NEW: Self = Self(core::marker::PhantomData);
}

impl<T: State> OfNone<T> {
    #[must_use]
    pub fn __of_none(&self) -> &'static Schema {
        <[T; 0] as State>::schema()
    }
}

pub trait OfStateless {
    fn __of_none(&self) -> &'static Schema {
        <[(); 0] as State>::schema()
    }
}

impl<T> OfStateless for OfNone<T> {}

/// The value of `default = path`.
#[inline]
pub fn given<T>(default: fn() -> T) -> T {
    default()
}

/// A type of another crate that can be made from the type that describes it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be made from `{D}`",
    label = "no `TryFrom<{D}>` for this type",
    note = "with a `getter`, the type is made by a conversion: write `impl TryFrom<{D}> for {Self}`, or `impl From<{D}> for {Self}`"
)]
pub trait MadeFrom<D>: Sized {
    type Error: Display;

    fn made_from(description: D) -> Result<Self, Self::Error>;
}

#[diagnostic::do_not_recommend]
impl<D, T: TryFrom<D>> MadeFrom<D> for T
where
    T::Error: Display,
{
    type Error = T::Error;

    #[inline]
    fn made_from(description: D) -> Result<Self, Self::Error> {
        Self::try_from(description)
    }
}

/// A field type that can be made from what a getter returns: a value, or a reference to one.
#[diagnostic::on_unimplemented(
    message = "a getter of a field of type `{Self}` cannot return `{G}`",
    note = "a getter returns the field's type, a reference to it, a `&str` for a `String`, or a slice for a `Vec`"
)]
pub trait Got<G> {
    fn got(given: G) -> Self;
}

impl<T> Got<T> for T {
    #[inline]
    fn got(given: T) -> Self {
        given
    }
}

impl<T: Clone> Got<&T> for T {
    #[inline]
    fn got(given: &T) -> Self {
        given.clone()
    }
}

impl Got<&str> for String {
    #[inline]
    fn got(given: &str) -> Self {
        given.into()
    }
}

impl<T: Clone> Got<&[T]> for Vec<T> {
    #[inline]
    fn got(given: &[T]) -> Self {
        given.to_vec()
    }
}

/// The value of a field that has no slot, or of a slot that is missing from a state.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no default value for the field",
    label = "no `Default` for this type",
    note = "name a function that returns a value: `#[state(skip, default = path)]`, or `default = path` alone for a slot",
    note = "or implement `Default` for it"
)]
pub trait Fallback {
    fn fallback() -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: Default> Fallback for T {
    #[inline]
    fn fallback() -> Self {
        T::default()
    }
}

//! What generated code may name. Nothing here is meant for anyone else, and all of it can change.

pub use alloc::boxed::Box;
pub use alloc::rc::Weak as RcWeak;
pub use alloc::sync::Weak as ArcWeak;
pub use core::any::TypeId;
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
#[cfg(feature = "std")]
pub use crate::impls::sorted::{Restorer, Sorted, Unsorted};
pub use crate::pointee::{Pointee, Pointer, RestorePointee};
pub use crate::protocol::builder::Builder;
pub use crate::protocol::decode::{Checker, Reader};
pub use crate::protocol::encode::{Size, Writer};
pub use crate::protocol::layout::{enum_head, enum_is_inline, largest, raw_head, tag_head};
pub use crate::protocol::memory::{Exact, Image};
pub use crate::protocol::stack::{deepest, stack};
pub use crate::raw::{Layout, Record};
pub use crate::schema::evolution::{Alias, Evolution, OldForm, Upgrade, old_form, run_upgrade};
pub use crate::schema::fingerprint::Known;
pub use crate::schema::form::{Form, Shape, Sharing};
pub use crate::schema::{EnumVariant, Names, RecordField, Schema, Slot};
pub use crate::sharing::held::{hold_get, hold_put, hold_set, hold_size};
pub use crate::sharing::pointer::SharedPointer;
pub use crate::sharing::proof::{OneThread, Share, Shares};
pub use crate::state::{Outcome, Remote, Restore, State, StateObject};
pub use crate::{__image as image, __record as record};

/// What fields of raw arrays call.
pub mod raw {
    pub use crate::raw::items::{Kept, Many, Maybe, One};
    pub use crate::raw::kind::{FlagKind, NoKind, OpaqueKind, Probe};
    pub use crate::raw::slot::{ARRAY, BYTES, COUNTED, check, exchange, get, put, schema, set, size};
}

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Display;

use crate::error::ErrorKind;
use crate::protocol::hooks::Hooks;
use crate::schema::fingerprint::identity;
use crate::state::can_fail;

/// What generated code imports under the names of its locals; see `shadows` in the derive.
pub fn local() {}

/// The full name of a type within the program.
#[must_use]
pub fn id<T: ?Sized>() -> &'static str {
    core::any::type_name::<T>()
}

/// Counts one part.
#[inline]
pub fn size<T: State>(value: &T, size: &mut Size) {
    if T::DYNAMIC {
        value.size(size);
    }
}

/// Writes one part at the front of `head`, and moves `head` behind it.
#[inline]
pub fn put<'v, T: State>(value: &'v T, head: &mut &mut [u8], writer: &mut Writer<'_, 'v>) {
    value.put(cut_mut(head, T::HEAD), writer);
}

/// Writes a hash map or set in the order of its keys.
#[cfg(feature = "std")]
#[inline]
pub fn put_sorted<'v, T: Sorted>(value: &'v T, head: &mut &mut [u8], writer: &mut Writer<'_, 'v>) {
    value.put_sorted(cut_mut(head, T::HEAD), writer);
}

/// Tests one part.
#[inline]
pub fn check<'de, T: Restore<'de>>(head: &mut &[u8], checker: &mut Checker<'_>) -> bool {
    let head = cut(head, T::HEAD);
    !T::CHECKED || T::check(head, checker)
}

/// Builds one part.
#[inline]
pub fn get<'de, T: Restore<'de>>(head: &mut &'de [u8], reader: &mut Reader<'de>) -> Option<T> {
    T::get(cut(head, T::HEAD), reader)
}

/// Restores one part.
#[inline]
pub fn set<'de, T: Restore<'de>>(value: &mut T, head: &mut &'de [u8], reader: &mut Reader<'de>) {
    value.set(cut(head, T::HEAD), reader);
}

/// Says in which slot a hook that was left refused.
#[inline]
pub fn settled(settled: Option<()>, name: &str, reader: &mut Reader<'_>) -> Option<()> {
    if settled.is_none() {
        reader.within(name);
    }
    settled
}

/// The first `len` bytes of a head that the runtime guarantees to be long enough.
#[inline]
pub fn cut<'a>(head: &mut &'a [u8], len: usize) -> &'a [u8] {
    let (cut, rest) = head.split_at(len);
    *head = rest;
    cut
}

/// As [`cut`], to be written.
#[inline]
pub fn cut_mut<'a>(head: &mut &'a mut [u8], len: usize) -> &'a mut [u8] {
    let (cut, rest) = take(head).split_at_mut(len);
    *head = rest;
    cut
}

/// Builds a variant in a frame of its own, where nothing is optimised.
#[inline]
pub fn apart<'de, T>(reader: &mut Reader<'de>, build: impl FnOnce(&mut Reader<'de>) -> Option<T>) -> Option<T> {
    build(reader)
}

/// Says in which slot a value was refused.
#[inline]
pub fn refused_within<T>(name: &str, reader: &mut Reader<'_>) -> Option<T> {
    reader.within(name);
    None
}

/// Puts a value where there is one.
#[inline]
pub fn assign<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}

/// What refuses a state keeps its error as the source of ours where it is one, by the method `__sourced` of its own; the
/// others have this one, and their words alone are kept.
pub trait Worded: Sized {
    #[must_use]
    fn __sourced(self) -> Self {
        self
    }
}

impl<T, O> Worded for BeforeGet<T, O> {}

impl<T, O> Worded for AfterSet<T, O> {}

impl<S, T, E> Worded for With<S, T, E> {}

/// A `before_get` hook.
#[derive(Debug)]
pub struct BeforeGet<T, O> {
    hook: fn(&T) -> O,
    refusal: fn(O) -> Option<Error>,
}

#[inline]
#[must_use]
pub const fn before_get<T, O: Outcome>(hook: fn(&T) -> O) -> BeforeGet<T, O> {
    BeforeGet { hook, refusal: O::refusal }
}

impl<T: State, O> BeforeGet<T, O> {
    #[inline]
    pub fn run(&self, value: &T, size: &mut Size) {
        if size.calls_hooks() {
            if let Some(refusal) = (self.refusal)((self.hook)(value)) {
                size.refuse::<T>(refusal);
            }
        }
    }
}

impl<T, E: Sourced> BeforeGet<T, Result<(), E>> {
    #[inline]
    #[must_use]
    pub fn __sourced(self) -> Self {
        Self { refusal: refused_by, ..self }
    }
}

/// An error that can be the source of another.
pub trait Sourced: core::error::Error + Send + Sync + 'static {}

impl<E: core::error::Error + Send + Sync + 'static> Sourced for E {}

fn refused_by<E: Sourced>(outcome: Result<(), E>) -> Option<Error> {
    outcome.err().map(Error::refused_by)
}

/// An `after_set` hook. What it must be is asked once, by [`after_set`], so that a wrong one is one error.
#[derive(Debug)]
pub struct AfterSet<T, O> {
    hook: fn(&mut T) -> O,
    refusal: fn(O) -> Option<Error>,
    schema: fn() -> &'static Schema,
    pub refuses: bool,
}

#[inline]
#[must_use]
pub const fn after_set<T: State, O: Outcome>(hook: fn(&mut T) -> O) -> AfterSet<T, O> {
    AfterSet { hook, refusal: O::refusal, schema: T::schema, refuses: O::REFUSES }
}

impl<T, E: Sourced> AfterSet<T, Result<(), E>> {
    #[inline]
    #[must_use]
    pub fn __sourced(self) -> Self {
        Self { refusal: refused_by, ..self }
    }
}

impl<T, O> AfterSet<T, O> {
    /// Calls the hook, unless it is left to be called on the live value.
    #[inline]
    pub fn run(&self, value: &mut T, reader: &mut Reader<'_>) -> Option<()> {
        match reader.hooks() {
            Hooks::Leave if self.is_left() => {
                reader.note(1);
                Some(())
            }
            Hooks::Never => Some(()),
            _ => self.call(value, reader),
        }
    }

    /// Calls the hook if it was left.
    #[inline]
    pub fn settle(&self, value: &mut T, reader: &mut Reader<'_>) -> Option<()> {
        if !self.is_left() {
            return Some(());
        }
        match reader.hooks() {
            Hooks::Count => reader.note(1),
            Hooks::Leave => {
                reader.note(-1);
                self.call(value, reader)?;
            }
            Hooks::Call => self.call(value, reader)?,
            Hooks::Never => {}
            Hooks::Again => drop((self.refusal)((self.hook)(value))),
        }
        Some(())
    }

    /// Whether the hook sees more in a live value than in a new one.
    fn is_left(&self) -> bool {
        identity((self.schema)()).skips
    }

    #[inline]
    fn call(&self, value: &mut T, reader: &mut Reader<'_>) -> Option<()> {
        match (self.refusal)((self.hook)(value)) {
            None => Some(()),
            Some(refusal) => {
                reader.refuse(refusal);
                None
            }
        }
    }
}

/// What the `get` of a `with` module makes of a field. What is made may borrow from it.
///
/// Where a function does not fit, rustc shows the line of this one, so that it says what belongs there.
#[inline]
#[rustfmt::skip]
pub fn taken<'v, Slot, Field>(get: fn(&'v Field) -> Slot, field: &'v Field) -> Slot { // in a list: `with = Vec<module>`
    get(field)
}

/// The `set` of a `with` module, between a slot and a field. As for [`AfterSet`], its form is asked once.
#[derive(Debug)]
pub struct With<S, T, E> {
    set: fn(S) -> Result<T, E>,
    refusal: fn(E) -> Error,
    pub refuses: bool,
}

/// As for [`taken`], its names say what belongs there.
#[inline]
#[must_use]
pub const fn with<Slot, Field, E: Display>(set: fn(Slot) -> Result<Field, E>) -> With<Slot, Field, E> {
    With { set, refusal: Error::refused, refuses: can_fail::<E>() }
}

impl<S, T, E: Sourced> With<S, T, E> {
    #[inline]
    #[must_use]
    pub fn __sourced(self) -> Self {
        Self { refusal: Error::refused_by, ..self }
    }
}

impl<S, T, E> With<S, T, E> {
    /// Converts a slot, whose hooks are called first; the conversion's error refuses the state.
    #[inline]
    pub fn set<'de>(
        &self,
        slot: Option<S>,
        settle: fn(&mut S, &mut Reader<'de>) -> Option<()>,
        reader: &mut Reader<'de>,
    ) -> Option<T> {
        let mut slot = slot?;
        if reader.hooks() == Hooks::Leave {
            settle(&mut slot, reader)?;
        }
        match (self.set)(slot) {
            Ok(value) => Some(value),
            Err(reason) => {
                reader.refuse((self.refusal)(reason));
                None
            }
        }
    }
}

/// An object, where it is asked for as a parent.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a parent",
    label = "a parent is a struct with `#[derive(State)]`, or a `Box` of one",
    note = "remove `flatten_parent` to keep the field as a slot of its own"
)]
pub trait Parent: StateObject {}

#[diagnostic::do_not_recommend]
impl<T: StateObject> Parent for T {}

/// Finds the schema of `[T; 0]`: that of an array of `T` where it has a state, and else that of an array of nothing.
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

/// What a `default = path` gives.
#[inline]
pub fn given<T>(default: fn() -> T) -> T {
    default()
}

/// A type of another crate, where it is made from the type that describes it.
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

/// What a getter gives for a field of this type: a value, or a reference to one.
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

/// What fills a field that has no slot, or a slot that a state has no value for.
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

/// Refuses to take the state of a variant that has none.
#[cold]
pub fn skipped(size: &mut Size, tag: &str, variant: &str) {
    let (expected, found) = ("a variant with a state", alloc::format!("{tag}::{variant}, which is marked `skip`"));
    size.fail(Error::new(ErrorKind::Unwritable, expected, found));
}

/// The tag of an enum with `count` variants.
#[inline]
#[must_use]
pub fn tag(head: &[u8], count: usize) -> usize {
    let bytes = &head[..tag_head(count)];
    bytes.iter().rev().fold(0, |tag, &byte| tag << 8 | usize::from(byte))
}

/// Whether a variant of the enum `T` stands in the tail: where nothing follows the tag in the head. A variant without
/// slots takes nothing there either.
#[inline]
fn is_apart<T: State>(slots: usize, count: usize) -> bool {
    T::HEAD == tag_head(count) && slots > 0
}

/// Counts a variant of the enum `T`, unless it stands in the head.
#[inline]
pub fn size_variant<T: State>(slots: usize, count: usize, size: &mut Size) {
    if is_apart::<T>(slots, count) {
        size.run(1, slots);
    }
}

/// Writes the tag, (index, count), of the enum `T`; gives the place of the variant's slots.
#[inline]
pub fn put_variant<'h, 'w: 'h, T: State>(
    head: &'h mut [u8],
    (tag, count): (usize, usize),
    slots: usize,
    writer: &mut Writer<'w, '_>,
) -> Option<&'h mut [u8]> {
    // To its known size, so that all below is known while compiling.
    let (tag_place, inline) = head[..T::HEAD].split_at_mut(tag_head(count));
    for (place, byte) in tag_place.iter_mut().zip(tag.to_le_bytes()) {
        *place = byte;
    }
    if is_apart::<T>(slots, count) {
        return writer.run(1, slots);
    }
    let (place, unused) = inline.split_at_mut(slots);
    unused.fill(0);
    Some(place)
}

/// The place of the slots of a variant of the enum `T`.
#[inline]
pub fn check_variant<'h, 'c: 'h, T: State>(
    head: &'h [u8],
    count: usize,
    slots: usize,
    checker: &mut Checker<'c>,
) -> Option<&'h [u8]> {
    if is_apart::<T>(slots, count) { checker.run(1, slots) } else { Some(&head[..T::HEAD][tag_head(count)..][..slots]) }
}

/// The place of the slots of a variant of the enum `T`.
#[inline]
pub fn get_variant<'de, T: State>(
    head: &'de [u8],
    count: usize,
    slots: usize,
    reader: &mut Reader<'de>,
) -> Option<&'de [u8]> {
    if is_apart::<T>(slots, count) { reader.run(1, slots) } else { Some(&head[..T::HEAD][tag_head(count)..][..slots]) }
}

/// The place of a record's field of type `T`, to be written.
#[inline]
pub fn field_mut<T: Record>(offset: usize, bytes: &mut [u8]) -> &mut [u8] {
    &mut bytes[offset..offset + T::LAYOUT.size()]
}

/// The place of a record's field of type `T`.
#[inline]
#[must_use]
pub fn field<T: Record>(offset: usize, bytes: &[u8]) -> Option<&[u8]> {
    bytes.get(offset..offset + T::LAYOUT.size())
}

//! What can be behind a `Box`, `Rc` or `Arc`, sized or not: the pointers have one implementation each, and everything
//! that differs between their values is here.

use alloc::boxed::Box;
use alloc::rc::{self, Rc};
use alloc::sync::{self, Arc};
use core::ops::Deref;

use crate::protocol::decode::{Checker, Reader};
use crate::protocol::encode::{Size, Writer};
use crate::protocol::room::{Holds, Run, SharedRun, SharedValue};
use crate::schema::Schema;
use crate::sharing::{Share, Shared, SharedPointer};

/// A type whose state can be saved from a pointer to it.
///
/// Every sized type with a [`State`](crate::State) is one, and so are `str`, `[T]`, `Path`, `OsStr` and `CStr`: this
/// gives `Box`, `Rc` and `Arc` of them a state. [`dynamic!`](crate::dynamic) adds a trait object.
///
/// ```
/// use state_core::state::Pointee;
/// use state_core::{Result, dumps};
///
/// fn shared<T: Pointee + ?Sized>(value: std::rc::Rc<T>) -> Result<Vec<u8>> {
///     dumps(&value)
/// }
/// assert!(shared::<str>("text".into()).is_ok());
/// assert!(shared::<[u16]>([1, 2].into()).is_ok());
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no state",
    label = "no `State` for this type",
    note = "a trait object: write `trait Trait: state_core::Dynamic`, and list its types: `state_core::dynamic!(dyn Trait = [A, B])`",
    note = "a type: derive it, `#[derive(State)]`",
    note = "or leave the field out of the state: `#[state(skip)]`, or convert it: `#[state(with = module)]`"
)]
pub trait Pointee {
    /// The size of a pointer's head in bytes.
    const POINTER: usize;

    /// The schema of a pointer.
    fn pointer_schema() -> &'static Schema;

    /// The schema of an `Rc` or `Arc`.
    #[doc(hidden)]
    #[must_use]
    fn shared_schema<P: SharedPointer>() -> &'static Schema {
        Self::pointer_schema()
    }

    /// The schema of a weak reference.
    #[doc(hidden)]
    #[must_use]
    fn weak_schema<P: SharedPointer>() -> &'static Schema {
        const { &Schema::weak(Self::pointer_schema).shared(P::key) }
    }

    /// Proof that the type borrows nothing, so that shared pointers to it can be numbered.
    #[doc(hidden)]
    const SHARED: Share<Self> = Share::NO;

    /// Whether it is a cell or lock, whose value can be changed behind a shared pointer.
    #[doc(hidden)]
    const IS_CELL: bool = false;

    /// Whether a value must exist before anything refers to it, because it can be refused, or is built behind its
    /// pointer.
    #[doc(hidden)]
    #[must_use]
    fn is_late() -> bool {
        true
    }

    /// Counts what a pointer to this value needs besides its head.
    fn size_behind(&self, size: &mut Size);

    /// Writes the head of a pointer to this value, and everything that [`size_behind`](Pointee::size_behind) counts.
    fn put_behind<'v>(&'v self, head: &mut [u8], writer: &mut Writer<'_, 'v>);
}

/// A shared pointer whose object can be referred to while it is built.
#[doc(hidden)]
pub trait Early<'de, T: ?Sized>: Pointer<T> + Shared<'de> {
    /// Makes the object.
    fn cyclic(make: impl FnOnce(&Self::Weak) -> T) -> Self
    where
        T: Sized;
}

/// A [`Pointee`] whose state can be restored. The methods are those of [`Restore`](crate::Restore), for a pointer.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be restored",
    label = "no `Restore` for this type",
    note = "a trait object: write `trait Trait: state_core::Dynamic`, and list its types: `state_core::dynamic!(dyn Trait = [A, B])`",
    note = "a type: derive it, `#[derive(State)]`",
    note = "or leave the field out of the state: `#[state(skip)]`, or convert it: `#[state(with = module)]`"
)]
pub trait RestorePointee<'de>: Pointee {
    /// Whether the head, and what the checker reads after it, is the image of a pointer.
    fn check_behind<P: Pointer<Self>>(head: &[u8], checker: &mut Checker<'_>) -> bool;

    /// Builds the value behind a new pointer.
    fn get_behind<P: Pointer<Self>>(head: &'de [u8], reader: &mut Reader<'de>) -> Option<P>;

    /// Restores the value behind a pointer, or replaces the pointer if others share the value or it cannot be changed.
    fn set_behind<P: Pointer<Self>>(pointer: &mut P, head: &'de [u8], reader: &mut Reader<'de>);

    /// Whether [`enter_behind`](RestorePointee::enter_behind) can restore anything.
    #[doc(hidden)]
    const ENTERS: bool = Self::IS_CELL;

    /// Builds the value behind a new pointer, and offers weak references to it meanwhile.
    #[doc(hidden)]
    fn early_behind<P: Early<'de, Self>>(head: &'de [u8], reader: &mut Reader<'de>, class: u8) -> Option<P> {
        let _ = class;
        Self::get_behind(head, reader)
    }

    /// Restores the value in place, for all that refer to it; if that is impossible, returns `false`, and the reader
    /// does not move. With `wait`, it waits for a lock that is held.
    #[doc(hidden)]
    fn enter_behind(&self, head: &'de [u8], reader: &mut Reader<'de>, wait: bool) -> bool {
        let _ = (head, reader, wait);
        false
    }

    /// Exchanges the values of two cells or locks; returns whether that was possible.
    #[doc(hidden)]
    fn swap_behind(&self, other: &Self) -> bool {
        let _ = other;
        false
    }

    /// Whether [`trade_behind`](RestorePointee::trade_behind) can exchange the states of these two now, for all that
    /// refer to them.
    #[doc(hidden)]
    fn trades_behind(&self, other: &Self) -> bool {
        let _ = other;
        false
    }

    /// Exchanges the states of two values that others refer to, which must be possible.
    #[doc(hidden)]
    fn trade_behind(&self, other: &Self, reader: &mut Reader<'de>) {
        let _ = (other, reader);
    }

    /// As [`settle_behind`](RestorePointee::settle_behind), for a value that others refer to.
    #[doc(hidden)]
    fn settle_in_behind(&self, reader: &mut Reader<'de>) -> Option<()> {
        let _ = reader;
        Some(())
    }

    /// A weak `Rc` reference to no value.
    #[doc(hidden)]
    #[must_use]
    fn gone_rc() -> Option<rc::Weak<Self>> {
        None
    }

    /// A weak `Arc` reference to no value.
    #[doc(hidden)]
    #[must_use]
    fn gone_arc() -> Option<sync::Weak<Self>> {
        None
    }

    /// Exchanges the states of two values, or otherwise the pointers.
    fn exchange_behind<P: Pointer<Self>>(pointer: &mut P, other: &mut P, reader: &mut Reader<'de>) {
        let _ = reader;
        core::mem::swap(pointer, other);
    }

    /// Calls the hooks that were left.
    fn settle_behind<P: Pointer<Self>>(pointer: &mut P, reader: &mut Reader<'de>) -> Option<()> {
        let _ = (pointer, reader);
        Some(())
    }
}

/// A pointer that owns its value, alone or shared: `Box`, `Rc` and `Arc`.
pub trait Pointer<T: ?Sized>: Deref<Target = T> + Sized {
    /// The memory of a value behind it.
    #[doc(hidden)]
    type Value: Holds;

    /// The memory of elements behind it.
    #[doc(hidden)]
    type Elements: Holds;

    /// Makes a new pointer.
    fn made(value: impl IntoPointer<T>) -> Self;

    /// The value, if nothing else shares it.
    fn unique(&mut self) -> Option<&mut T>;
}

/// Types from which every pointer to a `T` can be made: a value, text, a `Vec` of elements, a `Box`.
pub trait IntoPointer<T: ?Sized>: Into<Box<T>> + Into<Rc<T>> + Into<Arc<T>> {}

impl<T: ?Sized, M: Into<Box<T>> + Into<Rc<T>> + Into<Arc<T>>> IntoPointer<T> for M {}

macro_rules! pointers {
    ($($pointer:ident, $value:ident, $elements:ident, $unique:expr;)*) => {$(
        impl<T: ?Sized> Pointer<T> for $pointer<T> {
            type Value = $value;
            type Elements = $elements;

            #[inline]
            fn made(value: impl IntoPointer<T>) -> Self {
                value.into()
            }

            #[inline]
            fn unique(&mut self) -> Option<&mut T> {
                let unique: fn(&mut Self) -> Option<&mut T> = $unique;
                unique(self)
            }
        }
    )*};
}

pointers! {
    Box, Run, Run, |this| Some(this);
    Rc, SharedValue, SharedRun, Rc::get_mut;
    Arc, SharedValue, SharedRun, Arc::get_mut;
}

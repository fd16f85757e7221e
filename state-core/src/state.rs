//! The state protocol: the traits that `#[derive(State)]` implements, and their contracts.
//!
//! One tree of generated code serves every format. It writes a value as an **image** (see [`crate::image`]) and builds
//! or restores a value from one; pickles and dynamic values read and write images by the type's [`Schema`].

use alloc::boxed::Box;

pub use crate::protocol::decode::{Checker, Reader};
pub use crate::protocol::encode::{Size, Writer};
pub use crate::protocol::layout::{LENGTH, stride};
pub use crate::protocol::memory::Image;
pub use crate::protocol::stack::stack;

use crate::protocol::hooks::Hooks;
use crate::schema::Schema;
use crate::schema::fingerprint::Known;
use crate::sharing::Share;

pub use crate::pointee::{Pointee, RestorePointee};

/// A type whose state can be saved.
///
/// Derive it. Implement it by hand only for types that no `#[state(..)]` attribute covers. A wrong implementation can
/// cause errors, panics or wrong values, but never undefined behaviour.
///
/// An image has a **head**, whose size is known at compile time, followed by three regions that are filled in order:
/// the **tail** (heads of the contents of a `Vec`, `Box` or map), the **text** and the **raw** arrays.
/// [`size`](State::size) counts what a value needs in the regions, and [`put`](State::put) writes exactly that: after
/// `size`, or without it if an older image shows about how much it will be.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no state",
    label = "no `State` for this type",
    note = "derive it: `#[derive(State)]`; or, if it is a `Record`, mark the field that contains an array of it `#[state(bytes)]`",
    note = "or leave the field out of the state: `#[state(skip)]`, or convert it: `#[state(with = module)]`",
    note = "if it only marks a generic type (`PhantomData`), write `#[state(bound = \"\")]` on that type",
    note = "a type of another crate that has serde's traits: `#[state(serde)]`, with the feature `serde`; those of `arrayvec`, `bytes`, `chrono`, `glam`, `indexmap`, `ndarray`, `num-bigint`, `rust_decimal`, `smallvec`, `time` and `uuid` have a state with the feature of that name, in the versions that the README lists"
)]
pub trait State {
    /// The size of the head in bytes.
    const HEAD: usize;

    /// Whether a value can need anything besides its head, or must be visited by [`size`](State::size).
    const DYNAMIC: bool = true;

    /// The stack, in bytes, that the functions of the type may use, without the stack of values [nested](Size::nested)
    /// in it.
    ///
    /// For a type without parts it is small. For a type that visits its parts, it is the result of [`stack`] for its
    /// size and the largest `STACK` of its parts.
    const STACK: usize = 0;

    /// Proof that the value has the same layout in memory as its head, so that runs of it are copied whole.
    const IMAGE: Image<Self> = Image::NO;

    /// Whether it is a pointer that may be shared: its container may leave it out until its object exists, if the
    /// container can be empty.
    #[doc(hidden)]
    const POINTER: bool = false;

    /// Whether it is a cell or lock, whose value can be changed behind a shared pointer.
    #[doc(hidden)]
    const CELL: bool = false;

    /// Proof that the type borrows nothing, so that a shared pointer to it can be numbered.
    #[doc(hidden)]
    const SHARE: Share<Self> = Share::NO;

    /// The stack, in bytes, that building a value behind a pointer may use, if that happens in place: see
    /// [`get_boxed`](Restore::get_boxed).
    #[doc(hidden)]
    const BOXED: Option<usize> = None;

    /// The schema of a derived type, from which lists of types take its name, or make a renamed copy.
    #[doc(hidden)]
    const STATE_SCHEMA: Schema = Schema::NAMELESS;

    /// Names, types and layout of the slots.
    fn schema() -> &'static Schema;

    /// The place in which the program caches what it knows about the type as a root; types with parameters have none.
    #[doc(hidden)]
    #[inline]
    #[must_use]
    fn known() -> Option<&'static Known> {
        None
    }

    /// Adds to `size` what the value needs besides its head.
    fn size(&self, size: &mut Size);

    /// Writes the head, all [`HEAD`](State::HEAD) bytes of it, and everything that [`size`](State::size) counts.
    ///
    /// `put` may run without a preceding `size`, so report every failure here too: with [`Writer::fail`] where `size`
    /// calls [`Size::fail`]. Likewise, everything that is [nested](Size::nested) there is [nested](Writer::nested)
    /// here.
    ///
    /// The writer may keep borrowing raw arrays of the value for `'v`. An implementation that writes something not
    /// stored in `self`, because it creates it or borrows it from a guard, uses [`Writer::copied`].
    fn put<'v>(&'v self, head: &mut [u8], writer: &mut Writer<'_, 'v>);
}

/// A type whose state can be restored, from bytes that live for `'de`.
///
/// [`check`](Restore::check) is the only method that receives hostile bytes; [`get`](Restore::get) and
/// [`set`](Restore::set) rely on what it accepted.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be restored",
    label = "no `Restore` for this type",
    note = "derive it: `#[derive(State)]`",
    note = "or leave the field out of the state: `#[state(skip)]`, or convert it: `#[state(with = module)]`",
    note = "of references, only `&str` and `&[u8]` can borrow from the bytes; for other slices mark the field `#[state(bytes)]`, or use `Vec<T>` or `Cow<[T]>`"
)]
pub trait Restore<'de>: State + Sized {
    /// Whether [`check`](Restore::check) has anything to do: `false` if every head is valid.
    const CHECKED: bool = true;

    /// Whether an exchange may swap whole values, because nothing in them is skipped; `false` behind a list, map or
    /// pointer, because constants of recursive types cannot depend on each other.
    #[doc(hidden)]
    const WHOLE: bool = false;

    /// As `WHOLE`, but also looking into lists, sets and maps that are not inside others.
    #[doc(hidden)]
    const SWAPPED: bool = Self::WHOLE;

    /// Whether `head`, and what the checker reads after it, is the image of a value; [`Checker::refuse`] says why not.
    /// Allocates nothing.
    fn check(head: &[u8], checker: &mut Checker<'_>) -> bool;

    /// Builds the value. Returns `None` only after a refusal, which the reader keeps, or for an image that was not
    /// checked.
    ///
    /// An implementation by hand that can refuse a state here, with [`Reader::refuse`], must say so in its schema:
    /// [`Schema::refusing`].
    fn get(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Self>;

    /// Builds the value behind a pointer: in place if [`BOXED`](State::BOXED) is set, whatever its size.
    #[doc(hidden)]
    fn get_boxed(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Box<Self>> {
        Self::get(head, reader).map(Box::new)
    }

    /// Restores the value of a cell or lock behind a shared pointer; returns `false`, and the reader does not move, if
    /// it is borrowed or held. With `wait`, it waits for a lock that is held.
    #[doc(hidden)]
    fn enter(&self, head: &'de [u8], reader: &mut Reader<'de>, wait: bool) -> bool {
        let _ = (head, reader, wait);
        false
    }

    /// Exchanges the values of two cells or locks behind shared pointers; returns whether that was possible.
    #[doc(hidden)]
    fn swap_in(&self, other: &Self) -> bool {
        let _ = other;
        false
    }

    /// Whether [`trade_in`](Restore::trade_in) can exchange the states of two cells or locks now.
    #[doc(hidden)]
    fn trades_in(&self, other: &Self) -> bool {
        let _ = other;
        false
    }

    /// Exchanges the states of two cells or locks behind shared pointers, which must be possible.
    #[doc(hidden)]
    fn trade_in(&self, other: &Self, reader: &mut Reader<'de>) {
        let _ = (other, reader);
    }

    /// As [`settle`](Restore::settle), for a cell or lock behind a shared pointer.
    #[doc(hidden)]
    fn settle_in(&self, reader: &mut Reader<'de>) -> Option<()> {
        let _ = reader;
        Some(())
    }

    /// Restores a live value in place, keeping its allocations. The default builds a new value and assigns it.
    ///
    /// The target can be another element of its list than the one whose state was saved: if a long list has shifted,
    /// elements move before they are restored, unless the schema says that something in them is skipped. They are
    /// matched by the heads that [`put`](State::put) writes.
    ///
    /// As in [`get`](Restore::get), an implementation that can refuse a state must say so in its schema: otherwise a
    /// refusal leaves what was restored before it changed.
    fn set(&mut self, head: &'de [u8], reader: &mut Reader<'de>) {
        match Self::get(head, reader) {
            Some(value) => *self = value,
            None => reader.refuse_without_reason(),
        }
    }

    /// Exchanges the state with that of `other`. Skipped fields stay in place, and so do allocations that are large
    /// enough; by default the whole values are swapped.
    ///
    /// If something can refuse, a restore in place builds a new value with [`get`](Restore::get) and exchanges it with
    /// the live one, so that nothing can be refused any more once the live one changes. A second exchange undoes the
    /// first. A manual implementation for a type that contains others, or that keeps something in
    /// [`set`](Restore::set), must do the same here, and pass `reader` on: it knows the shared objects.
    fn exchange_with(&mut self, other: &mut Self, reader: &mut Reader<'de>) {
        let _ = reader;
        core::mem::swap(self, other);
    }

    /// Exchanges the state with that of `other` by itself, as [`exchange_with`](Restore::exchange_with) does.
    fn exchange(&mut self, other: &mut Self) {
        self.exchange_with(other, &mut Reader::of_nothing(Hooks::Call));
    }

    /// Calls the hooks that [`get`](Restore::get) left for the live value: those of objects with skipped fields in
    /// them. Parts come before their owners. Returns `None` after a refusal, which the reader keeps.
    ///
    /// A manual implementation for a type that contains others must pass the call on to them; otherwise their hooks are
    /// called on the new value, whose skipped fields have their defaults.
    fn settle(&mut self, reader: &mut Reader<'de>) -> Option<()> {
        let _ = reader;
        Some(())
    }
}

/// A type that can be restored from bytes of any lifetime, because it borrows nothing from them.
///
/// For a type that borrows, such as one with a field `&'a str`, the compiler says that its "implementation of `Restore`
/// is not general enough". Use an owned type (`String` or `Cow<'static, str>` for `&'a str`), or functions that take
/// bytes to borrow from: [`loads`](crate::loads), and `image::Mapped` for files.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be restored from bytes of any lifetime",
    label = "no `RestoreOwned` for this type",
    note = "derive it: `#[derive(State)]`, on a type that borrows nothing",
    note = "for a trait object, write `trait Trait: state_core::Dynamic`, and list its types: `state_core::dynamic!(dyn Trait = [A, B])`",
    note = "in generic code, write the bound `T: state_core::RestoreOwned`"
)]
pub trait RestoreOwned: for<'de> Restore<'de> {}

#[diagnostic::do_not_recommend]
impl<T: for<'de> Restore<'de>> RestoreOwned for T {}

/// A struct with slots of its own, which can be the parent of another: `#[state(flatten_parent)]`.
///
/// Numbers, strings, lists and enums are slots: they have a state, but no tuple that a child could extend. The derive
/// implements this trait; it is not meant to be implemented by hand.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is a slot, not an object: it has no tuple of its own",
    label = "an object is a struct with `#[derive(State)]`"
)]
pub trait StateObject: State {
    /// Only the derive implements this trait.
    #[doc(hidden)]
    const DERIVED: Derived;
}

/// A value that only generated code uses.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Derived;

/// An object that is required to be a parent.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a parent",
    label = "a parent is a struct with `#[derive(State)]`, or a `Box` of one",
    note = "remove `flatten_parent` to keep the field as a slot of its own"
)]
pub trait Parent: StateObject {}

#[diagnostic::do_not_recommend]
impl<T: StateObject> Parent for T {}

/// A type that describes one of another crate, and represents it in a state: `#[state(with = Mirror)]`.
///
/// [`#[state(remote = path::to::Type)]`](macro@crate::State#types-of-another-crate) derives it; implement it by hand
/// for types that are built in other ways.
///
/// ```
/// use state_core::{Remote, State, dumps, loads};
///
/// mod geometry { // of another crate
///     #[derive(Debug, PartialEq)]
///     pub struct Point { pub x: f64, pub y: f64 }
/// }
///
/// #[derive(State)]
/// #[state(remote = geometry::Point)]
/// struct Point { x: f64, y: f64 }
///
/// #[derive(State)]
/// struct Path {
///     #[state(with = Vec<Point>)]
///     points: Vec<geometry::Point>,
/// }
///
/// let path = Path { points: vec![geometry::Point { x: 1.0, y: 2.0 }] };
/// let bytes = dumps(&path)?;
/// assert_eq!(loads::<Path>(&bytes)?.points, path.points);
///
/// // And where it is not in a field.
/// let bytes = dumps(&Point::of(&path.points[0]))?;
/// let Ok(point) = loads::<Point>(&bytes)?.made();
/// assert_eq!(point, path.points[0]);
/// # Ok::<(), state_core::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` describes no type of another crate",
    label = "no `Remote` for this type: write `#[state(remote = path::to::Type)]` on it",
    note = "in `with`, a name that starts with an uppercase letter is a type that describes the field's type, and one that starts with a lowercase letter is a module"
)]
pub trait Remote: Sized {
    /// The type that it describes.
    type Of;

    /// Why a value is refused; [`Infallible`](core::convert::Infallible) if none is.
    type Error: core::fmt::Display;

    /// Converts a value into its description.
    fn of(value: &Self::Of) -> Self;

    /// Converts the description into the value.
    ///
    /// # Errors
    /// If it does not describe a value of the type.
    fn made(self) -> Result<Self::Of, Self::Error>;
}

/// The return type of a hook: nothing, or a `Result` with which it can refuse the state.
#[diagnostic::on_unimplemented(
    message = "a hook cannot return `{Self}`",
    label = "this hook",
    note = "a hook returns nothing, or `Result<(), E>` where `E` implements `Display`"
)]
pub trait Outcome {
    /// Whether it can refuse.
    const REFUSES: bool;

    /// The refusal, if it is one.
    fn refusal(self) -> Option<crate::Error>;
}

impl Outcome for () {
    const REFUSES: bool = false;

    fn refusal(self) -> Option<crate::Error> {
        None
    }
}

impl<E: core::fmt::Display> Outcome for Result<(), E> {
    const REFUSES: bool = can_fail::<E>();

    fn refusal(self) -> Option<crate::Error> {
        self.err().map(crate::Error::refused)
    }
}

/// Whether an error type has values. `Result<(), Infallible>` is the only such `Result` of size 0; if a compiler laid
/// it out otherwise, a restore would needlessly build a value aside.
pub(crate) const fn can_fail<E>() -> bool {
    size_of::<Result<(), E>>() != 0
}

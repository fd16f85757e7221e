//! The state protocol: the traits that `#[derive(State)]` implements, and what they promise each other.
//!
//! One tree of generated code serves every door. It lays a value out as an **image** (see [`crate::image`]) and
//! builds or restores a value from one; the dynamic doors read and write images by the type's [`Schema`].

use alloc::boxed::Box;

pub use crate::protocol::decode::{Checker, Reader};
pub use crate::protocol::encode::{Size, Writer};
pub use crate::protocol::layout::{LENGTH, stride};
pub use crate::protocol::memory::Image;
pub use crate::protocol::stack::stack;

use crate::schema::Schema;
use crate::schema::fingerprint::Known;
use crate::sharing::Share;

pub use crate::pointee::{Pointee, RestorePointee};

/// A type whose state can be taken out.
///
/// Derive it. By hand it is only needed for types that no `#[state(..)]` attribute reaches, and a wrong
/// implementation can give errors, panics or wrong values, but never undefined behaviour.
///
/// An image has a **head**, whose size is known at compile time, and behind it three regions that are filled in
/// order: the **tail** (heads of what stands behind a `Vec`, `Box` or map), the **text** and the **raw** arrays.
/// [`size`](State::size) counts what a value needs in the regions, [`put`](State::put) writes exactly that: behind it,
/// or alone where an older image tells about how much it will be.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no state",
    label = "no `State` for this type",
    note = "derive it: `#[derive(State)]`",
    note = "or leave the field out of the state: `#[state(skip)]`, or convert it: `#[state(with = module)]`",
    note = "a type of another crate that has serde's traits: `#[state(serde)]`, with the feature `serde`; those of `arrayvec`, `bytes`, `chrono`, `glam`, `indexmap`, `ndarray`, `num-bigint`, `smallvec`, `time` and `uuid` have a state with the feature of that name"
)]
pub trait State {
    /// The size of the head in bytes.
    const HEAD: usize;

    /// Whether a value can need anything beside its head, or must be visited by [`size`](State::size).
    const DYNAMIC: bool = true;

    /// The stack, in bytes, that the functions of the type may take, without those of what is
    /// [nested](Size::nested) in it.
    ///
    /// That of a type without parts is small. One that goes through the states of its parts takes what
    /// [`stack`] says of its size and the largest of its parts' stacks.
    const STACK: usize = 0;

    /// Proof that the value lies in memory as its head does, so that runs of it are copied whole.
    const IMAGE: Image<Self> = Image::NO;

    /// Whether it is a pointer that may be shared: a reference that can be left out until its object is there, where what
    /// holds it can be empty.
    #[doc(hidden)]
    const POINTER: bool = false;

    /// Whether it is a cell or lock, whose value can be changed behind a shared pointer.
    #[doc(hidden)]
    const CELL: bool = false;

    /// Proof that the type borrows nothing, so that a shared pointer to it can be numbered.
    #[doc(hidden)]
    const SHARE: Share<Self> = Share::NO;

    /// The stack, in bytes, that building a value behind a pointer may take, where that is done in place: see
    /// [`get_boxed`](Restore::get_boxed).
    #[doc(hidden)]
    const BOXED: Option<usize> = None;

    /// The schema of a derived type, from which lists of types take its name, or give it another.
    #[doc(hidden)]
    const STATE_SCHEMA: Schema = Schema::NAMELESS;

    /// Names, types and layout of the slots.
    fn schema() -> &'static Schema;

    /// Where the program keeps what it knows of the type, once it has met it as a root; types with parameters have
    /// no place of their own.
    #[doc(hidden)]
    #[inline]
    #[must_use]
    fn known() -> Option<&'static Known> {
        None
    }

    /// Adds to `size` what the value needs beside its head.
    fn size(&self, size: &mut Size);

    /// Writes the head, all [`HEAD`](State::HEAD) bytes of it, and what [`size`](State::size) counts.
    ///
    /// The value may not have been counted before. So what [`Size::fail`] is told of in `size`, [`Writer::fail`] is here,
    /// and what is [nested](Size::nested) there is [nested](Writer::nested) here.
    ///
    /// The writer may keep borrowing raw arrays of the value for `'v`. An implementation that writes something else
    /// than what `self` holds, because it makes it or a guard lends it, does so with [`Writer::copied`].
    fn put<'v>(&'v self, head: &mut [u8], writer: &mut Writer<'_, 'v>);
}

/// A type whose state can be put back, from bytes that live for `'de`.
///
/// [`check`](Restore::check) is the only method that meets hostile bytes; what it lets pass,
/// [`get`](Restore::get) and [`set`](Restore::set) take as given.
#[diagnostic::on_unimplemented(
    message = "the state of `{Self}` cannot be put back",
    label = "no `Restore` for this type",
    note = "derive it: `#[derive(State)]`",
    note = "or leave the field out of the state: `#[state(skip)]`, or convert it: `#[state(with = module)]`",
    note = "a reference is borrowed from the bytes where it is a `&str` or `&[u8]`; other slices are under `#[state(bytes)]`, and `Vec<T>` or `Cow<[T]>` owns what it holds"
)]
pub trait Restore<'de>: State + Sized {
    /// Whether [`check`](Restore::check) has anything to do: `false` where every head is a value.
    const CHECKED: bool = true;

    /// Whether `head`, and what the checker gives behind it, is the image of a value. Allocates nothing.
    fn check(head: &[u8], checker: &mut Checker<'_>) -> bool;

    /// Builds the value. `None` only after a refusal, which the reader holds, or from an image that was not checked.
    fn get(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Self>;

    /// Builds the value behind a pointer: in place where [`BOXED`](State::BOXED) says so, whatever its size.
    #[doc(hidden)]
    fn get_boxed(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Box<Self>> {
        Self::get(head, reader).map(Box::new)
    }

    /// Restores the value of a cell or lock behind a shared pointer; `false`, and the reader where it was, if something
    /// keeps it. With `wait`, a lock that is held is waited for.
    #[doc(hidden)]
    fn enter(&self, head: &'de [u8], reader: &mut Reader<'de>, wait: bool) -> bool {
        let _ = (head, reader, wait);
        false
    }

    /// Exchanges the values of two cells or locks behind shared pointers.
    #[doc(hidden)]
    fn swap_in(&self, other: &Self) -> bool {
        let _ = other;
        false
    }

    /// Restores a live value in place, keeping its allocations.
    ///
    /// It can be another element of its list than the one whose state was taken: where a long list has shifted, elements
    /// change places before they are restored, unless the schema says that something in them is skipped. What tells are
    /// heads that [`put`](State::put) writes.
    fn set(&mut self, head: &'de [u8], reader: &mut Reader<'de>) {
        if let Some(value) = Self::get(head, reader) {
            *self = value;
        }
    }

    /// Exchanges the state with that of `other`. What is skipped stays where it is, and so do allocations that suffice;
    /// by default the values change places as a whole.
    ///
    /// Where something can refuse, a restore in place builds a new value with [`get`](Restore::get) and exchanges it
    /// with the live one, so that nothing is left to be refused once the live one changes. Doing it again undoes it.
    /// A type by hand that holds others, or that keeps something in [`set`](Restore::set), does the same here.
    fn exchange(&mut self, other: &mut Self) {
        core::mem::swap(self, other);
    }

    /// Calls the hooks that [`get`](Restore::get) left to be called on the live value: those of objects with skipped
    /// fields in them. Parts come before their owners; `None` after a refusal, which the reader holds.
    ///
    /// A type by hand that holds others passes the call on to them, or their hooks are called on the new value, whose
    /// skipped fields hold their defaults.
    fn settle(&mut self, reader: &mut Reader<'de>) -> Option<()> {
        let _ = reader;
        Some(())
    }
}

/// A type that can be restored from bytes of any lifetime, because it borrows nothing from them.
pub trait RestoreOwned: for<'de> Restore<'de> {}

impl<T: for<'de> Restore<'de>> RestoreOwned for T {}

/// A struct with slots of its own, which can be the parent of another: `#[state(flatten_parent)]`.
///
/// Numbers, strings, lists and enums are slots: they have a state, but no tuple that a child's could continue.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is a slot, not an object: it has no tuple of its own",
    label = "an object is a struct with `#[derive(State)]`"
)]
pub trait StateObject: State {}

/// A type that describes one of another crate, and stands for it in a state: `#[state(with = Mirror)]`.
///
/// [`#[state(remote = path::to::Type)]`](macro@crate::State#types-of-another-crate) derives it; by hand it is for types that
/// are made in other ways.
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
    label = "neither `#[state(remote = path::to::Type)]` nor an implementation of `Remote`",
    note = "what begins with a capital letter in `with` is a type that describes the field's; modules begin with a small one"
)]
pub trait Remote: Sized {
    /// The type that it describes.
    type Of;

    /// Why a value is refused; [`Infallible`](core::convert::Infallible) where none is.
    type Error: core::fmt::Display;

    /// What stands in the state for a value.
    fn of(value: &Self::Of) -> Self;

    /// The value that it stands for.
    ///
    /// # Errors
    /// What is no value of the type.
    fn made(self) -> Result<Self::Of, Self::Error>;
}

/// What a hook may return: nothing, or a `Result` with which it can refuse the state.
#[diagnostic::on_unimplemented(
    message = "a hook cannot return `{Self}`",
    label = "this hook",
    note = "it returns nothing, or `Result<(), E>` with an `E` that can be displayed"
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

/// Whether an error type has values. `Result<(), Infallible>` is the one form of `Result` that takes no space; a
/// compiler that laid it out otherwise would make a restore build a value aside, and nothing worse.
pub(crate) const fn can_fail<E>() -> bool {
    size_of::<Result<(), E>>() != 0
}

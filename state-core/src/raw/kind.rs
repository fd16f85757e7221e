//! The kinds of elements, and how the kind of a type is found.

use core::marker::PhantomData;

use super::Record;
use crate::protocol::memory::Image;
use crate::schema::{Kind, Schema, UNIT};
use crate::state::State;

/// The described kind of element.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Described;

/// The opaque kind of element.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Opaque;

/// The kind of `bool`, in arrays that show their elements: a byte that is 0 or 1.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Flag;

/// An element of a raw array, of one of the kinds.
#[doc(hidden)]
pub trait Raw<Kind>: Sized {
    const IMAGE: Image<Self>;
    /// The size of an element in an image; by default the size in memory.
    const SIZE: usize = size_of::<Self>();
    fn schema() -> &'static Schema;
    fn write(&self, bytes: &mut [u8]);
    fn read(bytes: &[u8]) -> Option<Self>;
}

impl<T: Record> Raw<Described> for T {
    // A hand-written layout may not fit the type.
    const IMAGE: Image<Self> =
        if <Self as Raw<Described>>::SIZE == size_of::<Self>() { <T as Record>::IMAGE } else { Image::NO };
    const SIZE: usize = <T as Record>::LAYOUT.size();

    fn schema() -> &'static Schema {
        <T as Record>::schema()
    }

    #[inline]
    fn write(&self, bytes: &mut [u8]) {
        Record::write(self, bytes);
    }

    #[inline]
    fn read(bytes: &[u8]) -> Option<Self> {
        Record::read(bytes)
    }
}

impl<T: bytemuck::Pod> Raw<Opaque> for T {
    const IMAGE: Image<Self> = Image::POD;

    fn schema() -> &'static Schema {
        const {
            let kind = Kind::Opaque { size: size_of::<T>() as u64, big_endian: cfg!(target_endian = "big") };
            &Schema::leaf(kind, size_of::<T>())
        }
    }

    #[inline]
    fn write(&self, bytes: &mut [u8]) {
        bytes.copy_from_slice(bytemuck::bytes_of(self));
    }

    #[inline]
    fn read(bytes: &[u8]) -> Option<Self> {
        bytemuck::try_pod_read_unaligned(bytes).ok()
    }
}

impl Raw<Flag> for bool {
    const IMAGE: Image<Self> = Image::BOOL;

    fn schema() -> &'static Schema {
        <bool as State>::schema()
    }

    #[inline]
    fn write(&self, bytes: &mut [u8]) {
        bytes.copy_from_slice(&[u8::from(*self)]);
    }

    #[inline]
    fn read(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [byte @ (0 | 1)] => Some(*byte == 1),
            _ => None,
        }
    }
}

/// Finds the kind of `T` by method resolution: a described layout takes precedence, and a type without a raw form gets
/// an error that says so.
///
/// The name of the method is one that no trait of the user has, because a trait in scope would be a candidate too.
#[doc(hidden)]
#[derive(Debug)]
pub struct Probe<T>(PhantomData<fn() -> T>);

impl<T> Probe<T> {
    pub const NEW: Self = Self(PhantomData);
}

impl<T: Record> Probe<T> {
    #[inline]
    #[must_use]
    pub fn __raw_kind(&self) -> Described {
        Described
    }
}

#[doc(hidden)]
pub trait OpaqueKind {
    #[inline]
    fn __raw_kind(&self) -> Opaque {
        Opaque
    }
}

impl<T: bytemuck::Pod> OpaqueKind for Probe<T> {}

#[doc(hidden)]
pub trait FlagKind {
    #[inline]
    fn __raw_kind(&self) -> Flag {
        Flag
    }
}

impl FlagKind for Probe<bool> {}

/// The kind of an element without a raw form. It is accepted everywhere except where it is found, so that this gives
/// one error.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Neither;

impl<T> Raw<Neither> for T {
    const IMAGE: Image<Self> = Image::NO;

    fn schema() -> &'static Schema {
        &UNIT
    }

    fn write(&self, _: &mut [u8]) {}

    fn read(_: &[u8]) -> Option<Self> {
        None
    }
}

/// The bound that a type without a raw form does not satisfy; nothing implements it.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no raw form",
    label = "cannot be stored as raw bytes",
    note = "not all bytes are a valid `bool`, `char` or enum, and the size of `usize` depends on the machine: leave `bytes` out, or write `array` for `bool`",
    note = "a struct needs a described layout: `#[derive(Record, Clone, Copy)] #[repr(C)]`",
    note = "or, with this machine's layout and without padding, an implementation of `bytemuck::Pod`",
    note = "write the container in full, because the derive cannot see through a type alias: `Vec<T>`, `Box<[T]>`, `[T; N]`, `Arc<[T]>`, `&[T]`, `Cow<[T]>` or an `Option` of one"
)]
pub trait RawForm {}

#[doc(hidden)]
pub trait NoKind {
    type Element;

    fn __raw_kind(&self) -> Neither
    where
        Self::Element: RawForm,
    {
        Neither
    }
}

impl<T> NoKind for &Probe<T> {
    type Element = T;
}

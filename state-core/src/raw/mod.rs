//! Raw arrays: structs and numbers that are saved as their bytes in memory (`#[state(bytes)]`).
//!
//! An element is either **described** ([`Record`]): its layout is in the schema and the same on every machine, with
//! little-endian numbers and padding of zeros. If its layout in memory is the same, it is copied as it is, otherwise
//! field by field. Or it is **opaque** (any `bytemuck::Pod`): its bytes are saved as this machine has them, and load
//! only on machines with the same byte order and the same size; the schema contains nothing else about it. A pickle has
//! no schema, so there the count must be stored with the bytes, which gives the size, and the machine must be
//! little-endian; without the count (`uncounted`, or by name in a dict) saving and loading are refused. In a value, it
//! is an array of elements of that size, and not bytes. A type that is both is described.
//!
//! With `#[state(array)]` the elements keep their type when the state is inspected, and `bool` is allowed too.

pub(crate) mod field;
pub(crate) mod items;
pub(crate) mod kind;
mod portable;
pub(crate) mod slot;

pub use crate::schema::layout::Layout;
pub(crate) use items::{Collect, Items};
pub(crate) use kind::Raw;

use crate::protocol::memory::Image;
use crate::schema::{Kind, Link, Schema};
use crate::state::State;

/// A `repr(C)` struct with a described layout, so that arrays of it are saved as raw bytes. Numbers and arrays of
/// records are records too.
///
/// Derive it:
///
/// ```
/// use state_core::{Record, State};
///
/// #[derive(Record, Clone, Copy)]
/// #[repr(C)]
/// struct Bicycle { gears: i32, price: f64 }
///
/// #[derive(State)]
/// struct Shop { #[state(bytes)] bicycles: Vec<Bicycle> }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a record: it has no described layout",
    label = "no `Record` for this type",
    note = "derive it on a struct of numbers: `#[derive(Record, Clone, Copy)] #[repr(C)]`",
    note = "not all bytes are a valid `bool`, `char` or enum, and the size of `usize` depends on the machine: use `u8`, `u32` or `u64`"
)]
pub trait Record: Copy + 'static {
    /// Proof that the layout in memory is that of an image and that any bytes of its size are a value, and whether it
    /// has padding.
    const IMAGE: Image<Self> = Image::NO;

    /// The size and alignment in an image: for a struct, those that C gives it with each number aligned to its size,
    /// whatever this machine does. By default, those in memory.
    const LAYOUT: Layout = Layout::new(size_of::<Self>(), align_of::<Self>());

    /// The schema, with the offset of each field; its size is that of [`LAYOUT`](Record::LAYOUT).
    fn schema() -> &'static Schema;

    /// Writes as many bytes as the layout has: numbers little-endian, padding as zeros.
    fn write(&self, bytes: &mut [u8]);

    /// Reads what [`write`](Record::write) wrote, ignoring the padding.
    fn read(bytes: &[u8]) -> Option<Self>;
}

macro_rules! numbers {
    ($($ty:ident)*) => {$(
        impl Record for $ty {
            const IMAGE: Image<Self> = Image::<$ty>::NUMBER;
            const LAYOUT: Layout = Layout::natural::<$ty>();

            fn schema() -> &'static Schema {
                <$ty as State>::schema()
            }

            #[inline]
            fn write(&self, bytes: &mut [u8]) {
                bytes.copy_from_slice(&self.to_le_bytes());
            }

            #[inline]
            fn read(bytes: &[u8]) -> Option<Self> {
                bytes.try_into().ok().map($ty::from_le_bytes)
            }
        }
    )*};
}

numbers!(u8 u16 u32 u64 u128 i8 i16 i32 i64 i128 f32 f64);

impl<T: Record, const N: usize> Record for [T; N] {
    const IMAGE: Image<Self> = Image::array(&T::IMAGE);
    const LAYOUT: Layout = Layout::array(T::LAYOUT, N);

    fn schema() -> &'static Schema {
        const { &Schema::leaf(Kind::Array(Link::To(T::schema), N as u64), Self::LAYOUT.size()) }
    }

    #[inline]
    fn write(&self, bytes: &mut [u8]) {
        let size = T::LAYOUT.size();
        for (at, item) in self.iter().enumerate() {
            item.write(&mut bytes[at * size..(at + 1) * size]);
        }
    }

    #[inline]
    fn read(bytes: &[u8]) -> Option<Self> {
        let size = T::LAYOUT.size();
        let parts: [Option<T>; N] = core::array::from_fn(|at| T::read(bytes.get(at * size..(at + 1) * size)?));
        if parts.iter().any(Option::is_none) {
            return None;
        }
        Some(parts.map(|part| part.expect("just seen")))
    }
}

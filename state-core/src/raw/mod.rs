//! Raw arrays: structs and numbers that travel as the bytes they are in memory (`#[state(bytes)]`).
//!
//! An element is **described** ([`Record`]): its layout is in the schema and the same on every machine, its numbers are
//! little-endian on the way, its padding travels as zeros. Where this machine has it so in memory, it is copied as it
//! is, and elsewhere field by field. Or it is **opaque** (any `bytemuck::Pod`): its bytes travel as this machine has
//! them, and only to machines of the same byte order on which it has the same size: no more of it is in the schema. A
//! pickle has no schema, so there it needs its count beside it, which shows the size, and a little-endian machine; what
//! comes without (`uncounted`, or by name in a dict) is refused on both ways; in a value, it is an array of elements of
//! that size, and no bytes. A type that is both is described.
//!
//! Under `#[state(array)]` the elements keep their type where the state is looked at, and `bool` is one too.

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

/// A `repr(C)` struct whose layout is described, so that arrays of it travel as raw bytes; numbers and arrays of
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
    note = "some bytes are no `bool`, `char` or enum, and the size of `usize` is the machine's: use `u8`, `u32` or `u64`"
)]
pub trait Record: Copy + 'static {
    /// Proof that it lies in memory as in an image, that any bytes of its size are a value, and whether it has padding.
    const IMAGE: Image<Self> = Image::NO;

    /// Its size and alignment in an image: of a struct those that C gives it where each number is aligned to its size,
    /// whatever this machine does. Those in memory, where nothing else is said.
    const LAYOUT: Layout = Layout::new(size_of::<Self>(), align_of::<Self>());

    /// The schema, which says where each field begins; its size is that of [`LAYOUT`](Record::LAYOUT).
    fn schema() -> &'static Schema;

    /// Writes as many bytes as the layout has: numbers little-endian, padding as zeros.
    fn write(&self, bytes: &mut [u8]);

    /// Reads what [`write`](Record::write) wrote, whatever the padding holds.
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

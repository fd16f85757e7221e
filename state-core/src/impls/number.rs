//! Integers, floats, `bool`, `char`, `NonZero`, and `usize` and `isize`, which are encoded as 64 bits.

use core::num::NonZero;

use crate::protocol::decode::{Checker, Reader};
use crate::protocol::encode::{Size, Writer};
use crate::protocol::memory::Image;
use crate::schema::{Kind, Schema};
use crate::state::{Restore, State};

/// Types whose image is their head: `$put` makes the bytes, `$valid` checks them, `$get` reads them.
macro_rules! leaf {
    (
        $ty:ty, $head:expr, $kind:expr, image: $image:expr, checked: $checked:expr,
        put: $put:expr, valid: $valid:expr, get: $get:expr
    ) => {
        impl State for $ty {
            const HEAD: usize = $head;
            const DYNAMIC: bool = false;
            const IMAGE: Image<Self> = $image;
            const SHARE: $crate::sharing::Share<Self> = $crate::sharing::Share::THREADS;

            fn schema() -> &'static Schema {
                const { &Schema::leaf($kind, $head) }
            }

            #[inline]
            fn size(&self, _: &mut Size) {}

            #[inline]
            fn put(&self, head: &mut [u8], _: &mut Writer<'_, '_>) {
                let bytes: [u8; $head] = ($put)(*self);
                head.copy_from_slice(&bytes);
            }
        }

        impl<'de> Restore<'de> for $ty {
            const CHECKED: bool = $checked;
            const WHOLE: bool = true;

            #[inline]
            fn check(head: &[u8], _: &mut Checker<'_>) -> bool {
                match head.try_into() {
                    Ok(bytes) => ($valid)(bytes),
                    Err(_) => false,
                }
            }

            #[inline]
            fn get(head: &'de [u8], _: &mut Reader<'de>) -> Option<Self> {
                let bytes: [u8; $head] = head.try_into().ok()?;
                ($get)(bytes)
            }
        }
    };
}
pub(super) use leaf;

/// Joins two parts of a head.
#[cfg(any(feature = "chrono", feature = "time"))]
pub(super) fn join<const A: usize, const B: usize, const N: usize>(first: [u8; A], second: [u8; B]) -> [u8; N] {
    let mut all = [0; N];
    all[..A].copy_from_slice(&first);
    all[A..].copy_from_slice(&second);
    all
}

#[cfg(any(feature = "chrono", feature = "time"))]
pub(super) fn split<const A: usize, const B: usize>(all: &[u8]) -> Option<([u8; A], [u8; B])> {
    let (first, second) = all.split_at_checked(A)?;
    Some((first.try_into().ok()?, second.try_into().ok()?))
}

macro_rules! numbers {
    ($($ty:ident: $kind:expr;)*) => {$(
        leaf!($ty, size_of::<$ty>(), $kind, image: Image::<$ty>::NUMBER, checked: false,
            put: $ty::to_le_bytes, valid: |_: [u8; size_of::<$ty>()]| true,
            get: |bytes| Some($ty::from_le_bytes(bytes)));
    )*};
}

const fn int(bits: usize, signed: bool, nonzero: bool) -> Kind {
    // A number has at most 128 bits.
    Kind::Int { bits: bits as u8, signed, nonzero }
}

numbers! {
    u8: int(8, false, false);
    u16: int(16, false, false);
    u32: int(32, false, false);
    u64: int(64, false, false);
    u128: int(128, false, false);
    i8: int(8, true, false);
    i16: int(16, true, false);
    i32: int(32, true, false);
    i64: int(64, true, false);
    i128: int(128, true, false);
    f32: Kind::Float { bits: 32 };
    f64: Kind::Float { bits: 64 };
}

/// Types that are encoded as a number, of which they do not have every value.
macro_rules! numbers_through {
    ($($ty:ty as $wire:ident, $kind:expr, $image:expr;)*) => {$(
        leaf!($ty, size_of::<$wire>(), $kind, image: $image, checked: true,
            put: |value: $ty| $wire::to_le_bytes(narrow!(value, $wire)),
            valid: |bytes| <$ty>::try_from($wire::from_le_bytes(bytes)).is_ok(),
            get: |bytes| <$ty>::try_from($wire::from_le_bytes(bytes)).ok());
    )*};
}

/// Casts `usize` and `char` to their wire types, which are at least as wide.
macro_rules! narrow {
    ($value:expr, $wire:ident) => {
        $value as $wire
    };
}

numbers_through! {
    usize as u64, int(64, false, false), Image::NO;
    isize as i64, int(64, true, false), Image::NO;
    char as u32, Kind::Char, Image::NO;
}

macro_rules! nonzero {
    ($($ty:ident as $wire:ident, $signed:literal;)*) => {$(
        leaf!(NonZero<$ty>, size_of::<$wire>(), int(8 * size_of::<$wire>(), $signed, true), image: Image::NO,
            checked: true, put: |value: NonZero<$ty>| $wire::to_le_bytes(narrow!(value.get(), $wire)),
            valid: |bytes| <$ty>::try_from($wire::from_le_bytes(bytes)).is_ok_and(|value| value != 0),
            get: |bytes| NonZero::new(<$ty>::try_from($wire::from_le_bytes(bytes)).ok()?));
    )*};
}

nonzero! {
    u8 as u8, false;
    u16 as u16, false;
    u32 as u32, false;
    u64 as u64, false;
    u128 as u128, false;
    usize as u64, false;
    i8 as i8, true;
    i16 as i16, true;
    i32 as i32, true;
    i64 as i64, true;
    i128 as i128, true;
    isize as i64, true;
}

leaf!(bool, 1, Kind::Bool, image: Image::BOOL, checked: true,
    put: |value| [u8::from(value)], valid: |[byte]: [u8; 1]| byte < 2, get: |[byte]: [u8; 1]| Some(byte != 0));

leaf!((), 0, Kind::Unit, image: Image::NO, checked: false,
    put: |()| [], valid: |_: [u8; 0]| true, get: |_: [u8; 0]| Some(()));

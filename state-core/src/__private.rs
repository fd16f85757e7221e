//! What generated code may name. Nothing here is meant for anyone else, and all of it can change.

pub use core::clone::Clone;
pub use core::convert::From;
pub use core::default::Default;
pub use core::mem::{offset_of, size_of};
pub use core::option::Option::{self, None, Some};
pub use core::result::Result;

pub use crate::decode::{Checker, Reader};
pub use crate::encode::{Builder, Size, Writer};
pub use crate::error::Error;
pub use crate::layout::{enum_head, enum_is_inline, largest, raw_head, tag_head};
pub use crate::memory::{Exact, Image};
pub use crate::schema::{Names, RecordField, Schema, Shape, Slot, Variant};
pub use crate::state::{Object, Outcome, Restore, State};
pub use crate::{__image as image, __record as record, raw};

/// The full name of a type within the program.
#[must_use]
pub fn id<T: ?Sized>() -> &'static str {
    core::any::type_name::<T>()
}

/// Counts one part.
#[inline(always)]
pub fn size<T: State>(value: &T, size: &mut Size) {
    if T::DYNAMIC {
        value.size(size);
    }
}

/// Writes one part at the front of `head`, and moves `head` behind it.
#[inline(always)]
pub fn put<T: State>(value: &T, head: &mut &mut [u8], writer: &mut Writer<'_>) {
    value.put(cut_mut(head, T::HEAD), writer);
}

/// Tests one part.
#[inline(always)]
pub fn check<'de, T: Restore<'de>>(head: &mut &[u8], checker: &mut Checker<'_>) -> bool {
    let head = cut(head, T::HEAD);
    !T::CHECKED || T::check(head, checker)
}

/// Builds one part.
#[inline(always)]
pub fn get<'de, T: Restore<'de>>(head: &mut &'de [u8], reader: &mut Reader<'de>) -> Option<T> {
    T::get(cut(head, T::HEAD), reader)
}

/// Restores one part.
#[inline(always)]
pub fn set<'de, T: Restore<'de>>(value: &mut T, head: &mut &'de [u8], reader: &mut Reader<'de>) {
    value.set(cut(head, T::HEAD), reader);
}

/// The first `len` bytes of a head that the runtime guarantees to be long enough.
#[inline(always)]
pub fn cut<'a>(head: &mut &'a [u8], len: usize) -> &'a [u8] {
    let (cut, rest) = head.split_at(len);
    *head = rest;
    cut
}

/// As [`cut`], to be written.
#[inline(always)]
pub fn cut_mut<'a>(head: &mut &'a mut [u8], len: usize) -> &'a mut [u8] {
    let (cut, rest) = core::mem::take(head).split_at_mut(len);
    *head = rest;
    cut
}

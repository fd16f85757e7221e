//! What generated code may name. Nothing here is meant for anyone else, and all of it can change.

pub use core::clone::Clone;
pub use core::marker::{Copy, Sized};
pub use core::convert::From;
pub use core::default::Default;
pub use core::mem::{offset_of, size_of};
pub use core::option::Option::{self, None, Some};
pub use core::result::Result::{self, Err, Ok};

pub use crate::decode::{Checker, Reader};
pub use crate::encode::{Builder, Size, Writer};
pub use crate::error::Error;
pub use crate::layout::{enum_head, enum_is_inline, largest, raw_head, tag_head};
pub use crate::memory::{Exact, Image};
pub use crate::schema::{Names, RecordField, Schema, Shape, Slot, Variant};
pub use crate::state::{Object, Outcome, Restore, State};
pub use crate::{__image as image, __record as record, raw};

use core::fmt::Display;

use crate::raw::Record;
use crate::state::can_fail;

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

/// Says in which slot a value was refused.
#[inline(always)]
pub fn within<T>(value: Option<T>, name: &str, reader: &mut Reader<'_>) -> Option<T> {
    if value.is_none() {
        reader.within(name);
    }
    value
}

/// Builds a slot and converts it; the conversion's error refuses the state.
#[inline(always)]
pub fn get_with<'de, S: Restore<'de>, T, E: Display>(
    head: &mut &'de [u8],
    reader: &mut Reader<'de>,
    convert: fn(S) -> Result<T, E>,
) -> Option<T> {
    match convert(get::<S>(head, reader)?) {
        Ok(value) => Some(value),
        Err(reason) => {
            reader.refuse(Error::refused(reason));
            None
        }
    }
}

/// Puts a value where there is one.
#[inline(always)]
pub fn assign<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}

/// What a `before_get` hook returned.
#[inline(always)]
pub fn before_get(outcome: impl Outcome, size: &mut Size) {
    if let Some(refusal) = outcome.refusal() {
        size.fail(refusal);
    }
}

/// What an `after_set` hook returned.
#[inline(always)]
pub fn after_set(outcome: impl Outcome, reader: &mut Reader<'_>) -> Option<()> {
    match outcome.refusal() {
        None => Some(()),
        Some(refusal) => {
            reader.refuse(refusal);
            None
        }
    }
}

/// Whether a hook can refuse.
#[must_use]
pub const fn refuses<T: ?Sized, O: Outcome>(_: fn(&mut T) -> O) -> bool {
    O::REFUSES
}

/// Whether a conversion can refuse.
#[must_use]
pub const fn refuses_with<S, T, E>(_: fn(S) -> Result<T, E>) -> bool {
    can_fail::<E>()
}

/// The tag of an enum with `count` variants.
#[inline(always)]
#[must_use]
pub fn tag(head: &[u8], count: usize) -> usize {
    let bytes = &head[..tag_head(count)];
    bytes.iter().rev().fold(0, |tag, &byte| tag << 8 | usize::from(byte))
}

/// Counts a variant of the enum `T`, unless it stands in the head. It does not if nothing follows the tag there, and
/// then a variant without slots takes nothing in the tail either.
#[inline(always)]
pub fn size_variant<T: State>(slots: usize, count: usize, size: &mut Size) {
    if T::HEAD == tag_head(count) && slots > 0 {
        size.run(1, slots);
    }
}

/// Writes the tag, (index, count); gives the place of the variant's slots.
#[inline(always)]
pub fn put_variant<'h, 'w: 'h>(
    head: &'h mut [u8],
    (tag, count): (usize, usize),
    slots: usize,
    writer: &mut Writer<'w>,
) -> Option<&'h mut [u8]> {
    let (tag_place, inline) = head.split_at_mut(tag_head(count));
    for (place, byte) in tag_place.iter_mut().zip(tag.to_le_bytes()) {
        *place = byte;
    }
    if inline.is_empty() && slots > 0 {
        return writer.run(1, slots);
    }
    let (place, unused) = inline.split_at_mut(slots);
    unused.fill(0);
    Some(place)
}

/// The place of a variant's slots.
#[inline(always)]
pub fn check_variant<'h, 'c: 'h>(
    head: &'h [u8],
    count: usize,
    slots: usize,
    checker: &mut Checker<'c>,
) -> Option<&'h [u8]> {
    let inline = &head[tag_head(count)..];
    if inline.is_empty() && slots > 0 { checker.run(1, slots) } else { Some(&inline[..slots]) }
}

/// The place of a variant's slots.
#[inline(always)]
pub fn get_variant<'de>(head: &'de [u8], count: usize, slots: usize, reader: &mut Reader<'de>) -> Option<&'de [u8]> {
    let inline = &head[tag_head(count)..];
    if inline.is_empty() && slots > 0 { reader.run(1, slots) } else { Some(&inline[..slots]) }
}

/// Writes a field of a record.
#[inline(always)]
pub fn write_field<T: Record>(field: &T, offset: usize, bytes: &mut [u8]) {
    field.write(&mut bytes[offset..offset + size_of::<T>()]);
}

/// Reads a field of a record.
#[inline(always)]
#[must_use]
pub fn read_field<T: Record>(offset: usize, bytes: &[u8]) -> Option<T> {
    T::read(bytes.get(offset..offset + size_of::<T>())?)
}

//! The variants of an enum: the tag, and the slots behind it or in the tail.

use super::decode::{Checker, Reader};
use super::encode::{Size, Writer};
use super::layout::tag_head;
use crate::error::{Error, ErrorKind};
use crate::state::State;

/// Builds a variant in a separate frame if nothing is optimised.
#[inline]
pub fn apart<'de, T>(reader: &mut Reader<'de>, build: impl FnOnce(&mut Reader<'de>) -> Option<T>) -> Option<T> {
    build(reader)
}

/// Refuses to save a variant that is marked `skip`.
#[cold]
pub fn skipped(size: &mut Size, tag: &str, variant: &str) {
    let (expected, found) = ("a variant with a state", alloc::format!("{tag}::{variant}, which is marked `skip`"));
    size.fail(Error::new(ErrorKind::Unwritable, expected, found));
}

/// Reads the tag of an enum with `count` variants.
#[inline]
#[must_use]
pub fn tag(head: &[u8], count: usize) -> usize {
    let bytes = &head[..tag_head(count)];
    bytes.iter().rev().fold(0, |tag, &byte| tag << 8 | usize::from(byte))
}

/// Whether a variant of the enum `T` is in the tail, as it is if nothing follows the tag in the head. A variant without
/// slots occupies nothing there either.
#[inline]
fn is_apart<T: State>(slots: usize, count: usize) -> bool {
    T::HEAD == tag_head(count) && slots > 0
}

/// Counts a variant of the enum `T`, unless it is in the head.
#[inline]
pub fn size_variant<T: State>(slots: usize, count: usize, size: &mut Size) {
    if is_apart::<T>(slots, count) {
        size.run(1, slots);
    }
}

/// Writes the tag, (index, count), of the enum `T`; returns the place for the variant's slots.
#[inline]
pub fn put_variant<'h, 'w: 'h, T: State>(
    head: &'h mut [u8],
    (tag, count): (usize, usize),
    slots: usize,
    writer: &mut Writer<'w, '_>,
) -> Option<&'h mut [u8]> {
    // Cut to its known size, so that all below is known at compile time.
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

/// Returns the place of the slots of a variant of the enum `T`.
#[inline]
pub fn check_variant<'h, 'c: 'h, T: State>(
    head: &'h [u8],
    count: usize,
    slots: usize,
    checker: &mut Checker<'c>,
) -> Option<&'h [u8]> {
    if is_apart::<T>(slots, count) { checker.run(1, slots) } else { Some(&head[..T::HEAD][tag_head(count)..][..slots]) }
}

/// Returns the place of the slots of a variant of the enum `T`.
#[inline]
pub fn get_variant<'de, T: State>(
    head: &'de [u8],
    count: usize,
    slots: usize,
    reader: &mut Reader<'de>,
) -> Option<&'de [u8]> {
    if is_apart::<T>(slots, count) { reader.run(1, slots) } else { Some(&head[..T::HEAD][tag_head(count)..][..slots]) }
}

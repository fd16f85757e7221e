//! The rules for the layout of heads, in one place for generated code, the impls and the readers by schema.

/// The size in bytes of the head of a length; see [`Writer::length`](crate::state::Writer::length).
pub const LENGTH: usize = 4;

/// Bytes of the head of a handle.
#[cfg(feature = "pyo3")]
pub(crate) const HANDLE: usize = 8;

/// The size of the head of a raw array: its count, behind a tag if it is optional.
#[must_use]
pub const fn raw_head(optional: bool) -> usize {
    if optional { 9 } else { 8 }
}

/// Raw arrays start at multiples of this, counted from the start of the image.
pub(crate) const ALIGN: usize = 16;

/// The size of a raw array of `len` bytes with its padding.
#[inline]
pub(crate) const fn padded(len: usize) -> Option<usize> {
    len.checked_next_multiple_of(ALIGN)
}

/// The size in bytes of one element of a run: its head, or one byte if the head is empty, so that a count never exceeds
/// the number of bytes.
#[must_use]
pub const fn stride(head: usize) -> usize {
    if head == 0 { 1 } else { head }
}

/// An optional value of at most this many bytes is in the head, behind the tag; a larger one is in the tail.
const SMALL_OPTION: usize = 8;

/// The same limit for the largest variant of an enum.
const SMALL_ENUM: usize = 16;

/// Whether an optional value with a head of this size is in the head.
pub(crate) const fn option_is_inline(head: usize) -> bool {
    head <= SMALL_OPTION
}

pub(crate) const fn option_head(head: usize) -> usize {
    if option_is_inline(head) { 1 + head } else { 1 }
}

/// The size of the tag of an enum with this many variants.
#[must_use]
pub const fn tag_head(variants: usize) -> usize {
    match variants {
        0..=0x100 => 1,
        0x101..=0x1_0000 => 2,
        _ => 4,
    }
}

/// Whether the variants of an enum, the largest of which has `largest` bytes, are in the head.
#[must_use]
pub const fn enum_is_inline(largest: usize) -> bool {
    largest <= SMALL_ENUM
}

/// The size of the head of an enum: its tag, and room for its largest variant if that is small.
#[must_use]
pub const fn enum_head(variants: usize, largest: usize) -> usize {
    tag_head(variants) + if enum_is_inline(largest) { largest } else { 0 }
}

/// The largest of the heads of an enum's variants.
#[must_use]
pub const fn largest(heads: &[usize]) -> usize {
    let mut largest = 0;
    let mut at = 0;
    while at < heads.len() {
        if heads[at] > largest {
            largest = heads[at];
        }
        at += 1;
    }
    largest
}

/// The size of the record before the object of a numbered reference, and of the head of a weak reference.
pub(crate) const RECORD: usize = 8;

/// Values that occupy at most this many bytes of memory for each byte of image are not counted.
pub(crate) const FACTOR: usize = 64;

/// The number of elements of an array with these dimensions; `None` if memory could not hold the elements, even leaving
/// out dimensions of length 0.
pub(crate) fn grid_count(shape: &[usize], size: usize) -> Option<usize> {
    let some =
        shape.iter().filter(|&&length| length != 0).try_fold(1_usize, |count, &length| count.checked_mul(length))?;
    let fits = some.checked_mul(size).is_some_and(|bytes| isize::try_from(bytes).is_ok());
    fits.then_some(if shape.contains(&0) { 0 } else { some })
}

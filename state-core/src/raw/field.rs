//! The places of a record's fields in its bytes.

use super::Record;

/// The place of a record's field of type `T`, for writing.
#[inline]
pub fn field_mut<T: Record>(offset: usize, bytes: &mut [u8]) -> &mut [u8] {
    &mut bytes[offset..offset + T::LAYOUT.size()]
}

/// The place of a record's field of type `T`.
#[inline]
#[must_use]
pub fn field<T: Record>(offset: usize, bytes: &[u8]) -> Option<&[u8]> {
    bytes.get(offset..offset + T::LAYOUT.size())
}

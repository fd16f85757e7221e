//! The limits of a pickle's length and number of parts.

use crate::error::{Error, ErrorKind};

/// Offsets have 31 bits.
pub(super) const LONGEST: usize = i32::MAX as usize;

#[cold]
pub(super) fn too_many() -> Error {
    Error::new(ErrorKind::Length, "a pickle of fewer than two thousand million parts", "more")
}

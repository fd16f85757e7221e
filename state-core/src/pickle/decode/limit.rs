//! What a pickle may ask for: its length, the number of its parts, and what copies of shared parts may take.

use crate::error::{Error, ErrorKind};

/// Offsets have 31 bits.
pub(super) const LONGEST: usize = i32::MAX as usize;

#[cold]
pub(super) fn too_many() -> Error {
    Error::new(ErrorKind::Length, "a pickle of fewer than two thousand million parts", "more")
}

//! Bytes aligned as in a mapped file or a large allocation, so that no peer's images are aligned by luck.

use std::ops::{Deref, DerefMut};

use rkyv::util::AlignedVec;

/// Bytes at an address that is a multiple of 64.
#[derive(Clone)]
pub struct Aligned(AlignedVec<64>);

impl Aligned {
    pub fn new(bytes: &[u8]) -> Self {
        let mut aligned = AlignedVec::with_capacity(bytes.len());
        aligned.extend_from_slice(bytes);
        Self(aligned)
    }
}

impl Deref for Aligned {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl DerefMut for Aligned {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }
}

//! A buffer whose bytes start at a multiple of 16, so that raw arrays can be borrowed from it.

use alloc::vec::Vec;
use std::io::{ErrorKind, Read, Result};

use crate::protocol::layout::ALIGN;

/// The number of bytes to read at once if the total is unknown.
const CHUNK: usize = 1 << 16;

#[derive(Debug)]
pub(crate) struct Aligned {
    /// The bytes, after the padding that aligns them.
    storage: Vec<u8>,
    start: usize,
    len: usize,
}

impl Aligned {
    pub const fn new() -> Self {
        Self { storage: Vec::new(), start: 0, len: 0 }
    }

    /// Reads to the end of the source, which should come after `len` bytes.
    pub fn read_all(source: &mut impl Read, len: usize) -> Result<Self> {
        let mut storage = Vec::new();
        storage.try_reserve_exact(len.saturating_add(ALIGN)).map_err(|_| ErrorKind::OutOfMemory)?;
        let start = before(&storage);
        storage.resize(start, 0);
        source.read_to_end(&mut storage)?;
        let read = Self { len: storage.len() - start, storage, start };
        // The source was longer, so the bytes were moved.
        if before(read.bytes()) != 0 {
            let mut moved = Self::new();
            moved.room(read.len)?.copy_from_slice(read.bytes());
            moved.len = read.len;
            return Ok(moved);
        }
        Ok(read)
    }

    /// Replaces the contents by a copy of these bytes.
    pub fn copy(&mut self, bytes: &[u8]) -> Result<()> {
        self.len = 0;
        self.room(bytes.len())?.copy_from_slice(bytes);
        self.len = bytes.len();
        Ok(())
    }

    pub fn bytes(&self) -> &[u8] {
        self.storage.get(self.start..self.start + self.len).unwrap_or_default()
    }

    /// Keeps the first `len` bytes, and the whole allocation.
    pub fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    /// Reads up to `limit` bytes and appends them. Returns how many were read. The allocation grows with the bytes that
    /// arrive, not with the announced length.
    pub fn read(&mut self, source: &mut (impl Read + ?Sized), limit: u64) -> Result<u64> {
        let mut left = limit;
        while left > 0 {
            let chunk = usize::try_from(left).unwrap_or(usize::MAX).min(self.len.max(CHUNK));
            let came = fill(source, self.room(chunk)?)?;
            self.len += came;
            left -= came as u64;
            if came < chunk {
                break;
            }
        }
        Ok(limit - left)
    }

    /// Returns space for `more` bytes after the present ones.
    fn room(&mut self, more: usize) -> Result<&mut [u8]> {
        let end = self.start + self.len;
        if self.storage.len() - end < more {
            let mut storage = Vec::new();
            let size = self.len.saturating_add(more).saturating_add(ALIGN);
            storage.try_reserve_exact(size).map_err(|_| ErrorKind::OutOfMemory)?;
            let start = before(&storage);
            storage.resize(start, 0);
            storage.extend_from_slice(self.bytes());
            storage.resize(size, 0);
            (self.storage, self.start) = (storage, start);
        }
        let end = self.start + self.len;
        Ok(&mut self.storage[end..end + more])
    }
}

/// Returns the number of bytes from the start of `bytes` to the next multiple of 16.
fn before(bytes: &[u8]) -> usize {
    (bytes.as_ptr() as usize).wrapping_neg() % ALIGN
}

/// Reads until `space` is full or the source ends. Returns how many bytes were read.
pub(super) fn fill(source: &mut (impl Read + ?Sized), space: &mut [u8]) -> Result<usize> {
    let mut filled = 0;
    while filled < space.len() {
        match source.read(&mut space[filled..]) {
            Ok(0) => break,
            // A wrong implementation of `Read` may claim more.
            Ok(came) => filled = (filled + came).min(space.len()),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

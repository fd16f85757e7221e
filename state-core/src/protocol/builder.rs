//! An image that grows slot by slot, where its size is not known beforehand.

use alloc::vec::Vec;

use crate::error::{Error, ErrorKind};
use crate::protocol::encode::{Size, Writer};
use crate::protocol::layout::{ALIGN, stride};

/// An image that grows as a dynamic door hands over one slot after the other.
#[derive(Debug)]
pub struct Builder {
    /// The root's head, then the tail: a position in it names a head.
    pub(crate) heads: Vec<u8>,
    pub(crate) text: Vec<u8>,
    pub(crate) raw: Vec<u8>,
    pub(crate) depth: u32,
    /// Bytes that may still be taken for slots which the state may leave to their defaults.
    pub(crate) memory: usize,
}

impl Default for Builder {
    fn default() -> Self {
        Self::new(0, 0)
    }
}

impl Builder {
    pub(crate) fn new(head: usize, depth: u32) -> Self {
        Self { heads: alloc::vec![0; head], text: Vec::new(), raw: Vec::new(), depth, memory: usize::MAX }
    }

    /// The same with the space of another image, whose content is given up.
    #[cfg(feature = "pyo3")]
    pub(crate) fn over(mut space: Self, head: usize, depth: u32) -> Self {
        space.heads.clear();
        space.heads.resize(head, 0);
        space.text.clear();
        space.raw.clear();
        Self { depth, ..space }
    }

    /// The bytes that it holds on to.
    #[cfg(feature = "pyo3")]
    pub(crate) fn capacity(&self) -> usize {
        self.heads.capacity() + self.text.capacity() + self.raw.capacity()
    }

    /// Takes bytes from what slots that are left out may come to.
    pub(crate) fn takes(&mut self, bytes: usize) -> Result<(), Error> {
        self.memory = self.memory.checked_sub(bytes).ok_or_else(too_large)?;
        Ok(())
    }

    /// A run of zeroed heads at the end of the tail; its position.
    pub(crate) fn run(&mut self, count: usize, head: usize) -> usize {
        let at = self.heads.len();
        self.heads.resize(at + count * stride(head), 0);
        at
    }

    pub(crate) fn write(&mut self, at: usize, bytes: &[u8]) {
        self.heads[at..at + bytes.len()].copy_from_slice(bytes);
    }

    pub(crate) fn length(&mut self, at: usize, length: usize) {
        let short = u32::try_from(length).unwrap_or(u32::MAX);
        self.write(at, &short.to_le_bytes());
        if short == u32::MAX {
            let long = self.run(8, 1);
            self.write(long, &(length as u64).to_le_bytes());
        }
    }

    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        self.raw.extend_from_slice(bytes);
        self.raw.resize(self.raw.len().next_multiple_of(ALIGN), 0);
    }

    /// Writes a whole slot at the head `at`, and behind what is there already: how a default takes its place. `size`
    /// and `put` are those of [`State`](crate::State), or of another way to write a slot.
    ///
    /// # Errors
    /// Those of taking the value's state.
    pub fn slot<'v>(
        &mut self,
        (at, head): (usize, usize),
        size: impl FnOnce(&mut Size),
        put: impl FnOnce(&mut [u8], &mut Writer<'_, 'v>),
    ) -> Result<(), Error> {
        let mut counted = Size::new(self.depth);
        size(&mut counted);
        self.takes(counted.total(0)?)?;
        let size = counted;
        let mut head = alloc::vec![0; head];
        let grow = |region: &mut Vec<u8>, by: usize| {
            let at = region.len();
            region.resize(at + by, 0);
            at
        };
        let (tail, text, raw) =
            (grow(&mut self.heads, size.tail), grow(&mut self.text, size.text), grow(&mut self.raw, size.raw));
        let mut writer =
            Writer::over(&mut self.heads[tail..], &mut self.text[text..], &mut self.raw[raw..], self.depth);
        put(&mut head, &mut writer);
        writer.finish()?;
        self.write(at, &head);
        Ok(())
    }
}

#[cold]
fn too_large() -> Error {
    Error::new(
        ErrorKind::Memory,
        "defaults of left out slots that take no more memory than the limit (`Options::memory` sets it)",
        "more of them",
    )
}

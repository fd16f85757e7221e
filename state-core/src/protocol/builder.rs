//! An image that grows slot by slot, where its size is not known beforehand.

use alloc::vec::Vec;

use crate::error::{Error, ErrorKind};
use crate::protocol::decode::Regions;
use crate::protocol::encode::{Size, Writer};
use crate::protocol::layout::{ALIGN, stride};
use crate::protocol::text::Text;
use crate::schema::Sharing;
use crate::sharing::{Numbered, Tracker};

/// An image that grows as a dynamic format hands over one slot after another.
#[derive(Debug)]
pub struct Builder {
    /// The root's head, then the tail; a head is named by its position here.
    pub(crate) heads: Vec<u8>,
    pub(crate) text: Vec<u8>,
    pub(crate) raw: Vec<u8>,
    pub(crate) depth: u32,
    /// The bytes that defaults of slots missing from the state, and converted arrays, may still take.
    pub(crate) memory: usize,
    /// Whether references are numbered, so that a record precedes the object of each shared pointer.
    pub(crate) numbered: bool,
}

impl Default for Builder {
    fn default() -> Self {
        Self::new(0, 0)
    }
}

impl Builder {
    pub(crate) fn new(head: usize, depth: u32) -> Self {
        Self {
            heads: alloc::vec![0; head],
            text: Vec::new(),
            raw: Vec::new(),
            depth,
            memory: usize::MAX,
            numbered: false,
        }
    }

    /// As [`new`](Self::new), reusing the space of another image, whose content is discarded.
    #[cfg(feature = "pyo3")]
    pub(crate) fn over(mut space: Self, head: usize, depth: u32) -> Self {
        space.heads.clear();
        space.heads.resize(head, 0);
        space.text.clear();
        space.raw.clear();
        Self { depth, ..space }
    }

    /// The bytes allocated for its regions.
    #[cfg(feature = "pyo3")]
    pub(crate) fn capacity(&self) -> usize {
        self.heads.capacity() + self.text.capacity() + self.raw.capacity()
    }

    /// The regions of the finished image, whose root has a head of this size.
    pub(crate) fn regions(&self, head: usize) -> Result<Regions<'_>, Error> {
        let (head, tail) = self.heads.split_at(head);
        let text = Text::new(&self.text)
            .map_err(|_| Error::new(ErrorKind::Malformed, "an image of its schema", "a damaged one"))?;
        Ok(Regions { head, tail, text, raw: &self.raw, numbered: self.numbered.then_some(Numbered::ANY) })
    }

    /// Subtracts bytes from those that defaults of missing slots, and converted arrays, may take.
    pub(crate) fn takes(&mut self, bytes: usize) -> Result<(), Error> {
        self.memory = self.memory.checked_sub(bytes).ok_or_else(too_large)?;
        Ok(())
    }

    /// Appends a run of zeroed heads to the tail and returns its position.
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

    /// Writes a whole slot, such as a default: its head at `at`, and everything else behind what the regions already
    /// hold. `size` and `put` are those of [`State`](crate::State), or of another way to write a slot.
    ///
    /// # Errors
    /// Those of taking the value's state.
    pub fn slot<'v>(
        &mut self,
        (at, head): (usize, usize),
        size: impl FnOnce(&mut Size),
        put: impl FnOnce(&mut [u8], &mut Writer<'_, 'v>),
    ) -> Result<(), Error> {
        let mut counted = match self.numbered {
            true => Size::tracking(self.depth, Tracker::new(Sharing::SHARED)),
            false => Size::new(self.depth),
        };
        size(&mut counted);
        self.takes(counted.total(0)?)?;
        let [tail_len, text_len, raw_len] = counted.lengths();
        let mut tracker = if self.numbered { counted.into_tracker() } else { None };
        let grow = |region: &mut Vec<u8>, by: usize| {
            let at = region.len();
            if by > 0 {
                region.resize(at + by, 0);
            }
            at
        };
        let (tail, text, raw) =
            (grow(&mut self.heads, tail_len), grow(&mut self.text, text_len), grow(&mut self.raw, raw_len));
        let (heads, tail) = self.heads.split_at_mut(tail);
        let head = &mut heads[at..][..head];
        head.fill(0);
        let writer = Writer::over(tail, &mut self.text[text..], &mut self.raw[raw..], self.depth);
        let mut writer = writer.tracking(tracker.as_deref_mut());
        put(head, &mut writer);
        writer.finish()?;
        if tracker.is_some_and(|tracker| tracker.has_numbers()) {
            return Err(shares());
        }
        Ok(())
    }
}

/// A slot that is written alone would use the numbers of other objects.
#[cold]
fn shares() -> Error {
    let expected = "a default in which nothing is shared, and no weak reference leads to anything";
    Error::new(ErrorKind::Unwritable, expected, "one with shared objects")
}

#[cold]
fn too_large() -> Error {
    Error::new(
        ErrorKind::Memory,
        "defaults of left out slots and converted arrays that take no more memory than the limit (`Options::memory` sets \
         it)",
        "more of them",
    )
}

//! A raw region in several places: [`Writer`](crate::state::Writer) gathers the raw arrays of a live value here, and
//! borrows those whose memory is their image instead of copying them into a buffer.

use alloc::vec::Vec;
use core::ops::Deref;

use crate::protocol::layout::{ALIGN, padded};

/// A raw array of fewer bytes than this is copied rather than borrowed: a separate segment costs as much.
pub(crate) const LARGE: usize = 256;

/// A raw array of the live value, inserted before the byte `at` of the copied ones.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Borrowed<'v> {
    pub at: usize,
    pub bytes: &'v [u8],
}

/// The raw arrays that were copied, in reused space: old content is overwritten, not cleared.
#[derive(Debug, Default)]
pub(crate) struct Copied {
    space: Vec<u8>,
    len: usize,
    /// If long lists of bytes are gathered like arrays: how much of the tail was left at each. Kept here so that the
    /// writer itself stays in registers.
    lists: Option<Vec<usize>>,
}

impl Copied {
    pub const fn new() -> Self {
        Self { space: Vec::new(), len: 0, lists: None }
    }

    pub fn clear(&mut self) {
        self.len = 0;
    }

    /// Clears it; `lists` says whether long lists of bytes will be gathered too.
    #[cfg(feature = "pickle")]
    pub fn clear_for(&mut self, lists: bool) {
        self.clear();
        self.lists = lists.then(Vec::new);
    }

    /// How much of the tail was left at each list that was gathered.
    #[cfg(feature = "pickle")]
    pub fn lists(&self) -> &[usize] {
        self.lists.as_deref().unwrap_or_default()
    }

    #[cfg(feature = "pyo3")]
    pub fn capacity(&self) -> usize {
        self.space.capacity()
    }

    /// The next `len` bytes, whose content is arbitrary.
    fn take(&mut self, len: usize) -> &mut [u8] {
        let start = self.len;
        self.len += len;
        if self.space.capacity() == 0 {
            // Fresh memory requested as zeros need not be filled.
            self.space = alloc::vec![0; len];
        } else if self.space.len() < self.len {
            self.space.resize(self.len, 0);
        }
        &mut self.space[start..self.len]
    }
}

impl Deref for Copied {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.space[..self.len]
    }
}

/// The gathered arrays: `copied`, with each of `borrowed` inserted at its position.
#[derive(Debug)]
pub(crate) struct Gather<'w, 'v> {
    copied: &'w mut Copied,
    /// `None` while a value that does not live for `'v` is written.
    borrowed: Option<&'w mut Vec<Borrowed<'v>>>,
    /// How many of the counted bytes are still to come.
    left: usize,
}

impl<'w, 'v> Gather<'w, 'v> {
    pub fn new(copied: &'w mut Copied, borrowed: &'w mut Vec<Borrowed<'v>>, counted: usize) -> Self {
        Self { copied, borrowed: Some(borrowed), left: counted }
    }

    pub fn takes_lists(&self) -> bool {
        self.copied.lists.is_some()
    }

    /// Adds a list of bytes; `left` is how much of the tail was left at it.
    pub fn list(&mut self, bytes: &'v [u8], left: usize) -> Option<()> {
        self.copied.lists.as_mut()?.push(left);
        self.array(bytes)
    }

    /// Adds an array and its padding; `None` if that is more than was counted.
    pub fn array(&mut self, bytes: &'v [u8]) -> Option<()> {
        match &mut self.borrowed {
            Some(borrowed) if bytes.len() >= LARGE => {
                self.left = self.left.checked_sub(padded(bytes.len())?)?;
                borrowed.push(Borrowed { at: self.copied.len(), bytes });
                self.copied.take(bytes.len().wrapping_neg() % ALIGN).fill(0);
            }
            _ => self.space(bytes.len())?.copy_from_slice(bytes),
        }
        Some(())
    }

    /// Space for an array that is to be written; its padding is written here.
    pub fn space(&mut self, len: usize) -> Option<&mut [u8]> {
        let with_padding = padded(len)?;
        self.left = self.left.checked_sub(with_padding)?;
        let (space, padding) = self.copied.take(with_padding).split_at_mut(len);
        padding.fill(0);
        Some(space)
    }

    /// How many of the counted bytes are still to come.
    pub fn left(&self) -> usize {
        self.left
    }

    /// A gatherer for a value that does not live for `'v`; [`resume`](Self::resume) receives what is left then.
    pub fn copying<'s>(&mut self) -> Gather<'_, 's> {
        Gather { copied: self.copied, borrowed: None, left: self.left }
    }

    pub fn resume(&mut self, left: usize) {
        self.left = left;
    }
}

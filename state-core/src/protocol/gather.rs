//! A raw region that is not in one place: [`Writer`](crate::state::Writer) gathers the raw arrays of a live value
//! here, borrowed where they lie as they travel, instead of copying them into a buffer.

use alloc::vec::Vec;
use core::ops::Deref;

use crate::protocol::layout::{ALIGN, padded};

/// A raw array of fewer bytes than this is copied rather than borrowed: a segment of its own costs as much.
pub(crate) const LARGE: usize = 256;

/// A raw array of the live value, which stands before the byte `at` of those that were copied.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Borrowed<'v> {
    pub at: usize,
    pub bytes: &'v [u8],
}

/// The raw arrays that were copied, in space that is used again: what was there before is written over, not cleared.
#[derive(Debug, Default)]
pub(crate) struct Copied {
    space: Vec<u8>,
    len: usize,
    /// Where long lists of bytes are gathered as arrays are: how much of the tail was left at each. Here, as the writer
    /// itself is to stay in registers.
    lists: Option<Vec<usize>>,
}

impl Copied {
    pub const fn new() -> Self {
        Self { space: Vec::new(), len: 0, lists: None }
    }

    pub fn clear(&mut self) {
        self.len = 0;
    }

    /// Clears it; whether long lists of bytes come, too.
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

    /// The next `len` bytes, which hold anything.
    fn take(&mut self, len: usize) -> &mut [u8] {
        let start = self.len;
        self.len += len;
        if self.space.capacity() == 0 {
            // Fresh memory that is asked for as zeros has not to be filled with them.
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

/// What has been gathered: `copied`, with each of `borrowed` put in at its position.
#[derive(Debug)]
pub(crate) struct Gather<'w, 'v> {
    copied: &'w mut Copied,
    /// Absent while a value is written that does not live for `'v`.
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

    /// Takes a list of bytes, at which so much of the tail was left.
    pub fn list(&mut self, bytes: &'v [u8], left: usize) -> Option<()> {
        self.copied.lists.as_mut()?.push(left);
        self.array(bytes)
    }

    /// Takes an array and the padding behind it; `None` where more comes than was counted.
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

    /// Space for an array that has to be written; the padding behind it is written.
    pub fn space(&mut self, len: usize) -> Option<&mut [u8]> {
        let with_padding = padded(len)?;
        self.left = self.left.checked_sub(with_padding)?;
        let (space, padding) = self.copied.take(with_padding).split_at_mut(len);
        padding.fill(0);
        Some(space)
    }

    /// How many of the counted bytes have not come.
    pub fn left(&self) -> usize {
        self.left
    }

    /// The same, for a value that does not live for `'v`; [`resume`](Self::resume) takes what is then left.
    pub fn copying<'s>(&mut self) -> Gather<'_, 's> {
        Gather { copied: self.copied, borrowed: None, left: self.left }
    }

    pub fn resume(&mut self, left: usize) {
        self.left = left;
    }
}

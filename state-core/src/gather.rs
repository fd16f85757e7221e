//! A raw region that is not in one place: [`Writer`](crate::encode::Writer) gathers the raw arrays of a live value
//! here, borrowed where they lie as they travel, instead of copying them into a buffer.

use alloc::vec::Vec;

use crate::layout::{ALIGN, padded};

/// A raw array of fewer bytes than this is copied rather than borrowed: a segment of its own costs as much.
const LARGE: usize = 256;

/// A raw array of the live value, which stands before the byte `at` of those that were copied.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Borrowed<'v> {
    pub at: usize,
    pub bytes: &'v [u8],
}

/// What has been gathered: `copied`, with each of `borrowed` put in at its position.
#[derive(Debug)]
pub(crate) struct Gather<'w, 'v> {
    copied: &'w mut Vec<u8>,
    /// Absent while a value is written that does not live for `'v`.
    borrowed: Option<&'w mut Vec<Borrowed<'v>>>,
    /// How many of the counted bytes are still to come.
    left: usize,
}

impl<'w, 'v> Gather<'w, 'v> {
    pub fn new(copied: &'w mut Vec<u8>, borrowed: &'w mut Vec<Borrowed<'v>>, counted: usize) -> Self {
        Self { copied, borrowed: Some(borrowed), left: counted }
    }

    /// Takes an array and the padding behind it; `None` where more comes than was counted.
    pub fn array(&mut self, bytes: &'v [u8]) -> Option<()> {
        match &mut self.borrowed {
            Some(borrowed) if bytes.len() >= LARGE => {
                self.left = self.left.checked_sub(padded(bytes.len())?)?;
                borrowed.push(Borrowed { at: self.copied.len(), bytes });
                self.copied.extend_from_slice(&[0; ALIGN][..bytes.len().wrapping_neg() % ALIGN]);
            }
            _ => self.space(bytes.len())?.copy_from_slice(bytes),
        }
        Some(())
    }

    /// Space for an array that has to be written; the padding behind it is written.
    pub fn space(&mut self, len: usize) -> Option<&mut [u8]> {
        let with_padding = padded(len)?;
        self.left = self.left.checked_sub(with_padding)?;
        let start = self.copied.len();
        self.copied.resize(start + with_padding, 0);
        self.copied.get_mut(start..start + len)
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

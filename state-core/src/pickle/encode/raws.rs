//! The raw arrays of a value that is being written, copied and borrowed ones in the order of the image.

use super::sink::Sink;
use crate::pickle::opcode::{NEXT_BUFFER, READONLY_BUFFER};
use crate::protocol::gather::Borrowed;
use crate::protocol::layout::padded;

/// Shorter arrays stay in the pickle: an out-of-band buffer would cost as much.
pub(super) const LARGE: usize = 256;

/// The arrays that were gathered.
pub(super) struct Gathered<'i, 'l> {
    pub copied: &'i [u8],
    pub borrowed: &'l [Borrowed<'i>],
    /// The length of the rest of the tail at each list of bytes that is among the arrays instead.
    pub lists: &'l [usize],
}

/// The arrays that have not been used yet.
#[derive(Clone, Copy)]
pub(super) struct Raws<'i, 'l> {
    all: &'l Gathered<'i, 'l>,
    /// The number of bytes of copied arrays that were used.
    at: usize,
    /// The number of borrowed arrays and of lists that were used.
    borrowed: u32,
    lists: u32,
}

impl<'i, 'l> Raws<'i, 'l> {
    pub const fn new(all: &'l Gathered<'i, 'l>) -> Self {
        Self { all, at: 0, borrowed: 0, lists: 0 }
    }

    /// Returns whether the next list of bytes was gathered, when this much of the tail is left.
    pub fn has_list(&self, left: usize) -> bool {
        self.all.lists.get(self.lists as usize) == Some(&left)
    }

    /// Returns the next list.
    pub fn take_list(&mut self, len: usize) -> Option<&'i [u8]> {
        self.lists += 1;
        self.take(len)
    }

    /// Returns the next array, of `len` bytes.
    pub fn take(&mut self, len: usize) -> Option<&'i [u8]> {
        let space = padded(len)?;
        // A copied array that is not empty would have advanced the position, so a borrowed one at this very position is
        // the next.
        match self.all.borrowed.get(self.borrowed as usize) {
            Some(array) if len > 0 && array.at == self.at => {
                self.borrowed += 1;
                self.at += space - len;
                (array.bytes.len() == len).then_some(array.bytes)
            }
            _ => {
                let bytes = self.all.copied.get(self.at..)?.get(..len)?;
                self.at += space;
                Some(bytes)
            }
        }
    }
}

impl Sink<'_> {
    /// Writes the opcode of the next out-of-band buffer.
    pub fn out_of_band(&mut self, readonly: bool) {
        self.put([NEXT_BUFFER]);
        if readonly {
            self.put([READONLY_BUFFER]);
        }
    }
}

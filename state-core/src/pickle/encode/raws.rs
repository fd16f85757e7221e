//! The raw arrays of a value that is being written: copied ones and borrowed ones, in the order of the image.

use super::sink::Sink;
use crate::pickle::opcode::{NEXT_BUFFER, READONLY_BUFFER};
use crate::protocol::gather::Borrowed;
use crate::protocol::layout::padded;

/// Shorter arrays stay in the pickle: a buffer of its own costs as much.
pub(super) const LARGE: usize = 256;

/// What was gathered.
pub(super) struct Gathered<'i, 'l> {
    pub copied: &'i [u8],
    pub borrowed: &'l [Borrowed<'i>],
    /// How much of the tail is left at each list of bytes that stands among the arrays instead.
    pub lists: &'l [usize],
}

/// What has not been taken of the arrays that were gathered.
#[derive(Clone, Copy)]
pub(super) struct Raws<'i, 'l> {
    all: &'l Gathered<'i, 'l>,
    /// How many bytes of the copied ones are taken.
    at: usize,
    /// How many of the borrowed ones, and of the lists.
    borrowed: u32,
    lists: u32,
}

impl<'i, 'l> Raws<'i, 'l> {
    pub const fn new(all: &'l Gathered<'i, 'l>) -> Self {
        Self { all, at: 0, borrowed: 0, lists: 0 }
    }

    /// Whether the next list of bytes is gathered, where so much of the tail is left.
    pub fn has_list(&self, left: usize) -> bool {
        self.all.lists.get(self.lists as usize) == Some(&left)
    }

    /// The next list.
    pub fn take_list(&mut self, len: usize) -> Option<&'i [u8]> {
        self.lists += 1;
        self.take(len)
    }

    /// The next array, of `len` bytes.
    pub fn take(&mut self, len: usize) -> Option<&'i [u8]> {
        let space = padded(len)?;
        // A copied array that is not empty moves the place on, so a borrowed one at this very place is the next.
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
    /// Stands for the next buffer that is handed over beside the pickle.
    pub fn out_of_band(&mut self, readonly: bool) {
        self.put([NEXT_BUFFER]);
        if readonly {
            self.put([READONLY_BUFFER]);
        }
    }
}

//! The raw arrays of a value that is being written: copied ones and borrowed ones, in the order of the image.

use super::sink::Sink;
use crate::pickle::opcode::{NEXT_BUFFER, READONLY_BUFFER};
use crate::protocol::gather::Borrowed;
use crate::protocol::layout::padded;

/// Shorter arrays stay in the pickle: a buffer of its own costs as much.
pub(super) const LARGE: usize = 256;

/// What has not been taken of the arrays that were gathered.
#[derive(Clone, Copy)]
pub(super) struct Raws<'i, 'l> {
    pub copied: &'i [u8],
    /// How many bytes of the copied ones are taken.
    pub at: usize,
    pub borrowed: &'l [Borrowed<'i>],
}

impl<'i> Raws<'i, '_> {
    /// The next array, of `len` bytes.
    pub fn take(&mut self, len: usize) -> Option<&'i [u8]> {
        let space = padded(len)?;
        // A copied array that is not empty moves the place on, so a borrowed one at this very place is the next.
        match self.borrowed.split_first() {
            Some((array, rest)) if len > 0 && array.at == self.at => {
                self.borrowed = rest;
                self.at += space - len;
                (array.bytes.len() == len).then_some(array.bytes)
            }
            _ => {
                let bytes = self.copied.get(self.at..)?.get(..len)?;
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

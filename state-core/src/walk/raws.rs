//! The raw region as the walk reads it: in one piece, or with arrays that are still in the live value.

use crate::protocol::gather::Borrowed;

/// The rest of a raw region.
#[derive(Clone, Copy, Debug)]
pub(super) struct Raws<'a> {
    copied: &'a [u8],
    taken: usize,
    /// Arrays that are not among the copied bytes.
    borrowed: &'a [Borrowed<'a>],
}

/// One array of the region.
#[derive(Clone, Copy, Debug)]
pub(super) struct Array<'a> {
    pub bytes: &'a [u8],
    pub padding: &'a [u8],
    /// Whether the bytes are in the live value.
    pub lent: bool,
}

impl<'a> Raws<'a> {
    pub fn whole(copied: &'a [u8]) -> Self {
        Self { copied, taken: 0, borrowed: &[] }
    }

    #[cfg(feature = "pyo3")]
    pub fn gathered(copied: &'a [u8], borrowed: &'a [Borrowed<'a>]) -> Self {
        Self { copied, taken: 0, borrowed }
    }

    /// The remaining bytes, as far as they are contiguous.
    pub fn rest(&self) -> &'a [u8] {
        match self.borrowed {
            [first, ..] => first.bytes,
            [] => self.copied,
        }
    }

    /// Cuts off an array of `len` bytes that occupies `padded` bytes of the region.
    pub fn cut(&mut self, len: usize, padded: usize) -> Option<Array<'a>> {
        if let [first, rest @ ..] = self.borrowed {
            // An empty array, which occupies nothing, may precede a borrowed one at the same place.
            if first.at == self.taken && first.bytes.len() == len {
                self.borrowed = rest;
                return Some(Array { bytes: first.bytes, padding: self.space(padded - len)?, lent: true });
            }
        }
        let (bytes, padding) = self.space(padded)?.split_at_checked(len)?;
        Some(Array { bytes, padding, lent: false })
    }

    fn space(&mut self, len: usize) -> Option<&'a [u8]> {
        let (space, rest) = self.copied.split_at_checked(len)?;
        self.copied = rest;
        self.taken += len;
        Some(space)
    }
}

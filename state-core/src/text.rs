//! The text region: UTF-8 that was tested once, and is cut between characters. This file holds `unsafe` code.
//!
//! What is meant to pay for it: `str` would look at the end of each piece again. On 10,000 log entries of four strings
//! the gain was within the noise of a busy machine; if `benches/` does not show it, `str` does the same without `unsafe`.

use core::str::Utf8Error;

/// Text that is left in a region. It is UTF-8; its two ends lie between characters.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Text<'a> {
    bytes: &'a [u8],
    /// Whether any cut lies between characters.
    ascii: bool,
}

impl<'a> Text<'a> {
    /// Tests all of a region. Text without a byte of 0x80 or more, which most is, is told fastest.
    pub fn new(bytes: &'a [u8]) -> Result<Self, Utf8Error> {
        let ascii = bytes.is_ascii();
        if !ascii {
            core::str::from_utf8(bytes)?;
        }
        Ok(Self { bytes, ascii })
    }

    /// The first `len` bytes; `None` if there are not so many, or they do not end between characters.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn cut(&mut self, len: usize) -> Option<&'a str> {
        let (cut, rest) = self.bytes.split_at_checked(len)?;
        if !self.ascii && rest.first().is_some_and(|&byte| is_inside_character(byte)) {
            return None;
        }
        self.bytes = rest;
        // SAFETY: the region is UTF-8 and starts between characters; the cut ends between characters.
        Some(unsafe { core::str::from_utf8_unchecked(cut) })
    }

    pub fn as_bytes(&self) -> &'a [u8] {
        self.bytes
    }

    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }
}

/// Whether a byte goes on with a character that another started.
#[cfg_attr(not(debug_assertions), inline(always))]
const fn is_inside_character(byte: u8) -> bool {
    byte & 0xC0 == 0x80
}

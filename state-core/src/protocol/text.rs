//! The text region: UTF-8 that was tested once, and is cut between characters. This file holds `unsafe` code.
//!
//! What pays for it: `str` looks at the bytes at the end of each piece. Where it does, 10,000 log entries of four strings
//! take 2.1 times as long to check, 1.5 times to borrow and 1.2 times to restore.

use alloc::string::String;
use core::str::Utf8Error;

use crate::protocol::memory;

/// Text that is left in a region. One of the two is empty.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Text<'a> {
    /// Without a byte of 0x80 or more: any cut lies between characters.
    ascii: &'a str,
    /// With such bytes: each cut is tested.
    mixed: &'a str,
}

impl<'a> Text<'a> {
    pub const EMPTY: Self = Self { ascii: "", mixed: "" };

    /// Tests all of a region. Text without a byte of 0x80 or more, which most is, is told fastest.
    #[inline]
    pub fn new(bytes: &'a [u8]) -> Result<Self, Utf8Error> {
        let ascii = is_ascii(bytes);
        let text = if ascii {
            // SAFETY: ASCII is UTF-8.
            unsafe { core::str::from_utf8_unchecked(bytes) }
        } else {
            tested(bytes)?
        };
        Ok(if ascii { Self { ascii: text, mixed: "" } } else { Self { ascii: "", mixed: text } })
    }

    /// Text that is known to be UTF-8.
    #[cfg(feature = "pyo3")]
    pub fn of(text: &'a str) -> Self {
        Self { ascii: "", mixed: text }
    }

    /// The first `len` bytes; `None` if there are not so many, or they do not end between characters.
    #[inline]
    pub fn cut(&mut self, len: usize) -> Option<&'a str> {
        if len > self.ascii.len() {
            let (cut, rest) = self.mixed.split_at_checked(len)?;
            self.mixed = rest;
            return Some(cut);
        }
        // SAFETY: there are so many bytes, and the cut lies between characters, because they are ASCII.
        let cut = unsafe { self.ascii.get_unchecked(..len) };
        // SAFETY: as above.
        self.ascii = unsafe { self.ascii.get_unchecked(len..) };
        Some(cut)
    }

    /// As [`cut`](Self::cut), as a string of its own.
    #[inline]
    pub fn cut_string(&mut self, len: usize) -> Option<String> {
        let text = if len > self.ascii.len() { self.mixed } else { self.ascii };
        self.cut(len)?;
        // SAFETY: the cut gave the first `len` bytes of the text, which are UTF-8.
        Some(unsafe { memory::to_string(text.as_bytes(), len) })
    }

    /// The last `left` bytes; `None` if there are not so many, or they do not begin between characters.
    pub fn left(&self, left: usize) -> Option<Self> {
        let last = |text: &'a str| text.get(text.len().checked_sub(left)?..);
        match self.ascii.is_empty() {
            true => Some(Self { ascii: "", mixed: last(self.mixed)? }),
            false => Some(Self { ascii: last(self.ascii)?, mixed: "" }),
        }
    }

    pub fn as_bytes(&self) -> &'a [u8] {
        if self.ascii.is_empty() { self.mixed.as_bytes() } else { self.ascii.as_bytes() }
    }

    #[inline]
    pub fn is_empty(&self) -> bool {
        self.ascii.is_empty() && self.mixed.is_empty()
    }
}

/// A function of its own, so that it is there once.
fn is_ascii(bytes: &[u8]) -> bool {
    bytes.is_ascii()
}

fn tested(bytes: &[u8]) -> Result<&str, Utf8Error> {
    #[cfg(feature = "simdutf8")]
    if let Ok(text) = simdutf8::basic::from_utf8(bytes) {
        return Ok(text);
    }
    // This says where it is wrong too.
    core::str::from_utf8(bytes)
}

//! Text and byte strings: tested in place; decoded once if they have escapes or another encoding.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::arena::{Arena, Id, Tag};
use super::latin1::{is_utf8, latin1};
use super::text::{self, Digits, c_string};
use crate::error::{Error, ErrorKind, Result};
use crate::pickle::opcode as op;
use crate::pickle::options::{self, LoneSurrogates};

#[derive(Debug)]
pub(super) struct Strings {
    encoding: options::Strings,
    surrogates: LoneSurrogates,
    decoded: Vec<u8>,
}

impl Strings {
    pub fn new(encoding: options::Strings, surrogates: LoneSurrogates) -> Self {
        Self { encoding, surrogates, decoded: Vec::new() }
    }

    /// Returns whether the byte strings of Python 2 remain bytes.
    pub fn are_bytes(&self) -> bool {
        self.encoding == options::Strings::Bytes
    }

    /// Tests that bytes are UTF-8, in which lone surrogates may be three bytes each. If the latter are to be replaced,
    /// returns the node of the text without them.
    #[inline]
    pub fn take(&mut self, bytes: &[u8], arena: &mut Arena) -> Result<Option<Id>> {
        if is_utf8(bytes) {
            return Ok(None);
        }
        surrogates_pass(bytes)?;
        if self.surrogates != LoneSurrogates::Lossy {
            return Ok(None);
        }
        let start = self.decoded.len();
        replaced(bytes, &mut self.decoded);
        self.node(Tag::Text, start, arena).map(Some)
    }

    pub fn test_number(code: u8, line: &[u8]) -> Result<()> {
        let known = match code {
            op::FLOAT => float(line).map(drop),
            op::INT => int(line).map(drop),
            _ => long(line).map(drop),
        };
        match known {
            Some(()) => Ok(()),
            None => {
                let found = String::from_utf8_lossy(line.get(..40).unwrap_or(line)).into_owned();
                let expected = if code == op::FLOAT { "a float" } else { "an integer of at most 4300 digits" };
                Err(Error::new(ErrorKind::Malformed, expected, format!("{found:?}")))
            }
        }
    }

    /// Returns the node of a string that had to be decoded; `None` if the input can be used as it is.
    pub fn decode(&mut self, code: u8, bytes: &[u8], arena: &mut Arena) -> Result<Option<Id>> {
        if code == op::UNICODE {
            if bytes.is_ascii() && !bytes.contains(&b'\\') {
                return Ok(None);
            }
            let start = self.decoded.len();
            if text::raw_unicode(bytes, &mut self.decoded).is_none() {
                return Err(Error::new(ErrorKind::Malformed, "text with whole escapes", "a broken escape"));
            }
            let text = self.decoded.split_off(start);
            match self.surrogates {
                LoneSurrogates::Lossy => replaced(&text, &mut self.decoded),
                _ => self.decoded.extend_from_slice(&text),
            }
            return self.node(Tag::Text, start, arena).map(Some);
        }
        let bytes = match code {
            op::STRING => text::unquoted(bytes)
                .ok_or_else(|| Error::new(ErrorKind::Malformed, "a string in quotes", "another"))?,
            _ => bytes,
        };
        let start = self.decoded.len();
        if code == op::STRING {
            if text::unescaped(bytes, &mut self.decoded).is_none() {
                self.decoded.truncate(start);
                return Err(Error::new(ErrorKind::Malformed, "a string with whole escapes", "a broken escape"));
            }
        } else if bytes.is_ascii() || self.are_bytes() {
            return Ok(None);
        } else {
            self.decoded.extend_from_slice(bytes);
        }
        self.encoded(start)?;
        let tag = if self.are_bytes() { Tag::Bytes } else { Tag::Text };
        self.node(tag, start, arena).map(Some)
    }

    /// Converts what was decoded last to text.
    fn encoded(&mut self, start: usize) -> Result<()> {
        let bytes = self.decoded.get(start..).unwrap_or_default();
        let (fits, name) = match self.encoding {
            options::Strings::Bytes => (true, ""),
            options::Strings::Ascii => (bytes.is_ascii(), "ASCII"),
            options::Strings::Utf8 => (core::str::from_utf8(bytes).is_ok(), "UTF-8"),
            options::Strings::Latin1 => {
                let wide: String = bytes.iter().map(|&byte| char::from(byte)).collect();
                self.decoded.truncate(start);
                self.decoded.extend_from_slice(wide.as_bytes());
                (true, "")
            }
        };
        if fits {
            return Ok(());
        }
        let expected = format!("a byte string in {name}, or another encoding (`PickleOptions::strings`, `--encoding`)");
        Err(Error::new(ErrorKind::Malformed, expected, "other bytes"))
    }

    /// Returns the bytes of `_codecs.encode(text, 'latin1')`; `None` if a character has no byte.
    pub fn latin1(&mut self, input: &[u8], arena: &mut Arena, text: Id) -> Result<Option<Id>> {
        let start = self.decoded.len();
        let Some(bytes) = self.text(input, arena, text) else { return Ok(None) };
        let Some(mut encoded) = latin1(bytes) else { return Ok(None) };
        if start == 0 {
            self.decoded = encoded;
        } else {
            self.decoded.append(&mut encoded);
        }
        self.node(Tag::Bytes, start, arena).map(Some)
    }

    fn node(&self, tag: Tag, start: usize, arena: &mut Arena) -> Result<Id> {
        let (from, len) = (u32::try_from(start), u32::try_from(self.decoded.len() - start));
        match (from, len) {
            (Ok(from), Ok(len)) => arena.fixed(tag, &[from, len]),
            _ => Err(super::limit::too_many()),
        }
    }

    /// Returns what was decoded for a node of text or bytes.
    pub fn decoded<'p>(&'p self, arena: &Arena, place: u32) -> &'p [u8] {
        let (start, len) = (arena.part(place, 0).0 as usize, arena.part(place, 1).0 as usize);
        self.decoded.get(start..start + len).unwrap_or_default()
    }

    /// Returns the bytes of a part that is text: UTF-8, with surrogates as three bytes.
    pub fn text<'p>(&'p self, input: &'p [u8], arena: &Arena, id: Id) -> Option<&'p [u8]> {
        if let Some(place) = id.place() {
            return (arena.tag(place) == Tag::Text).then(|| self.decoded(arena, place));
        }
        let op = super::scan::op(input, id.offset()?).ok()?;
        let native = matches!(op.code, op::BINUNICODE | op::SHORT_BINUNICODE | op::BINUNICODE8 | op::UNICODE);
        let old = matches!(op.code, op::BINSTRING | op::SHORT_BINSTRING);
        (native || old && !self.are_bytes()).then_some(op.bytes)
    }
}

#[cold]
fn surrogates_pass(bytes: &[u8]) -> Result<()> {
    let mut rest = bytes;
    while let Err(error) = core::str::from_utf8(rest) {
        match rest.get(error.valid_up_to()..) {
            Some([0xED, 0xA0..=0xBF, 0x80..=0xBF, after @ ..]) => rest = after,
            _ => return Err(Error::new(ErrorKind::Malformed, "text in UTF-8", "other bytes")),
        }
    }
    Ok(())
}

/// Appends text with each lone surrogate replaced by U+FFFD.
#[cold]
fn replaced(bytes: &[u8], out: &mut Vec<u8>) {
    let mut rest = bytes;
    while let Err(error) = core::str::from_utf8(rest) {
        let (text, after) = rest.split_at(error.valid_up_to());
        out.extend_from_slice(text);
        out.extend("\u{FFFD}".bytes());
        rest = after.get(3..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
}

/// The value of INT: a number or a boolean.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Int {
    Bool(bool),
    Number(Digits),
}

/// Reads INT as `_pickle` does: by C's `strtol`, then by Python's `int`. Two characters with the value 0 or 1 are a
/// boolean.
pub(super) fn int(line: &[u8]) -> Option<Int> {
    let text = c_string(line);
    let ends_in_digit = text.last().is_some_and(u8::is_ascii_alphanumeric);
    let number = match text::octal(text) {
        // For `strtol`, no digits before the end mean zero.
        None if line.first() == Some(&0) => Digits::Small(0),
        Some(octal) => Digits::Small(octal.into()),
        None => text::integer(text).filter(|number| *number != Digits::TooMany)?,
    };
    match number {
        Digits::Small(small @ (0 | 1)) if line.len() == 2 && (ends_in_digit || text.is_empty()) => {
            Some(Int::Bool(small == 1))
        }
        number => Some(Int::Number(number)),
    }
}

/// Reads LONG as `_pickle` does, with the `L` at the end.
pub(super) fn long(line: &[u8]) -> Option<Digits> {
    let line = line.strip_suffix(b"L").unwrap_or(line);
    text::integer(c_string(line)).filter(|number| *number != Digits::TooMany)
}

/// Reads FLOAT as `_pickle` does.
pub(super) fn float(line: &[u8]) -> Option<f64> {
    text::float(c_string(line))
}

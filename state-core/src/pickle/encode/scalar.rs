//! Writes values without parts, in the form of each protocol.

use alloc::format;
use alloc::string::String;
use core::fmt::Write;

use super::code::with_op;
use super::global::Known;
use super::sink::Sink;
use crate::error::Result;
use crate::pickle::Protocol;
use crate::pickle::opcode::{
    BINBYTES, BINBYTES8, BINFLOAT, BININT, BININT1, BININT2, BINUNICODE, BINUNICODE8, BYTEARRAY8, FLOAT, INT, LONG,
    LONG1, LONG4, NEWFALSE, NEWTRUE, NONE, REDUCE, SHORT_BINBYTES, SHORT_BINUNICODE, UNICODE,
};

/// Text up to this length is copied as a block of this size, if enough bytes follow it.
const BLOCK: usize = 16;

/// The size of the blocks in which Latin-1 is converted.
const LETTERS: usize = 8;

impl Sink<'_> {
    pub fn none(&mut self) {
        self.put([NONE]);
    }

    #[inline]
    pub fn bool(&mut self, value: bool) {
        match (self.protocol >= Protocol::V2, value) {
            (true, true) => self.put([NEWTRUE]),
            (true, false) => self.put([NEWFALSE]),
            (false, true) => self.put([INT, b'0', b'1', b'\n']),
            (false, false) => self.put([INT, b'0', b'0', b'\n']),
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn int(&mut self, value: i64) {
        let Ok(short) = i32::try_from(value) else { return self.long(value.into()) };
        if self.is_text() {
            return self.text_int(value);
        }
        // The three forms have the same bytes, of which only the first ones count.
        let [a, b, c, d] = short.to_le_bytes();
        let (op, len) = match short as u32 {
            0..=0xFF => (BININT1, 2),
            0x100..=0xFFFF => (BININT2, 3),
            _ => (BININT, 5),
        };
        self.put_first(&[op, a, b, c, d], len);
    }

    #[cold]
    fn text_int(&mut self, value: i64) {
        self.put([INT]);
        self.line(&format!("{value}"));
    }

    #[inline(never)]
    pub fn long(&mut self, value: i128) {
        if let Ok(short) = i32::try_from(value) {
            return self.int(short.into());
        }
        if self.protocol < Protocol::V2 {
            self.put([LONG]);
            return self.line(&format!("{value}L"));
        }
        // A byte for each eight bits, with a bit for the sign.
        let bits = 128 - if value < 0 { (!value).leading_zeros() } else { value.leading_zeros() };
        let len = bits as usize / 8 + 1;
        self.put([LONG1, len as u8]);
        self.put_first(&value.to_le_bytes(), len);
    }

    #[cold]
    pub fn unsigned_long(&mut self, value: u128) {
        match i128::try_from(value) {
            Ok(value) => self.long(value),
            Err(_) if self.protocol < Protocol::V2 => {
                self.put([LONG]);
                self.line(&format!("{value}L"));
            }
            Err(_) => {
                self.put([LONG1, 17]);
                self.put(value.to_le_bytes());
                self.put([0]);
            }
        }
    }

    /// Writes an integer in two's complement, little-endian, in as few bytes as possible; `decimal` returns its digits.
    pub fn wide_long(&mut self, bytes: &[u8], decimal: impl FnOnce() -> String) -> Result<()> {
        if self.protocol < Protocol::V2 {
            let digits = decimal();
            self.fits(digits.len())?;
            self.put([LONG]);
            self.put_slice(digits.as_bytes());
            self.put([b'L', b'\n']);
            return Ok(());
        }
        let len = bytes.len();
        match u8::try_from(len) {
            Ok(short) => self.payload(&[LONG1, short], bytes),
            Err(_) => {
                let [a, b, c, d] = (len as u32).to_le_bytes();
                self.payload(&[LONG4, a, b, c, d], bytes)
            }
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn float(&mut self, value: f64) {
        if self.is_text() {
            return self.text_float(value);
        }
        self.put(with_op(BINFLOAT, value.to_be_bytes()));
    }

    #[cold]
    fn text_float(&mut self, value: f64) {
        self.put([FLOAT]);
        self.line(&format!("{value:?}"));
    }

    pub fn str(&mut self, value: &str) -> Result<()> {
        if self.is_text() {
            return self.escaped(value.chars().map(u32::from));
        }
        self.utf8(value.as_bytes(), value.len())
    }

    /// Writes the first `len` bytes of `text`, which are UTF-8. Bytes after them may be copied too, and are
    /// overwritten.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn utf8(&mut self, text: &[u8], len: usize) -> Result<()> {
        if self.protocol >= Protocol::V4 && len <= BLOCK {
            if let Some(block) = text.first_chunk::<BLOCK>() {
                self.put([SHORT_BINUNICODE, len as u8]);
                self.put_first(block, len);
                return Ok(());
            }
        }
        self.longer_utf8(text.get(..len).unwrap_or_default())
    }

    fn longer_utf8(&mut self, text: &[u8]) -> Result<()> {
        let len = text.len() as u64;
        let head = |op: u8| with_op(op, len.to_le_bytes());
        match len {
            0..=0xFF if self.protocol >= Protocol::V4 => {
                self.put([SHORT_BINUNICODE, len as u8]);
                self.put_slice(text);
                Ok(())
            }
            0..=0xFFFF_FFFF => self.payload(&head(BINUNICODE)[..5], text),
            _ if self.protocol >= Protocol::V4 => self.payload(&head(BINUNICODE8), text),
            _ => Err(self.too_long("text")),
        }
    }

    /// Writes text as a line. Characters that a reader of lines could misinterpret are escaped, as are those beyond
    /// Latin-1, in which each character is one byte.
    pub fn escaped(&mut self, text: impl Iterator<Item = u32>) -> Result<()> {
        let mut line = String::new();
        self.put([UNICODE]);
        for letter in text {
            // Writing into a string cannot fail.
            let _ = match letter {
                code @ (0 | 0x0A | 0x0D | 0x1A | 0x5C | 0x100..=0xFFFF) => write!(line, "\\u{code:04x}"),
                code @ 0x1_0000.. => write!(line, "\\U{code:08x}"),
                code => {
                    self.put([code as u8]);
                    continue;
                }
            };
            self.put_slice(line.as_bytes());
            line.clear();
        }
        self.put([b'\n']);
        self.fits(0)
    }

    pub fn bytes(&mut self, value: &[u8]) -> Result<()> {
        if self.protocol < Protocol::V3 {
            return self.bytes_as_text(value);
        }
        let len = value.len() as u64;
        let head = |op: u8| with_op(op, len.to_le_bytes());
        match len {
            0..=0xFF => self.payload(&head(SHORT_BINBYTES)[..2], value),
            0x100..=0xFFFF_FFFF => self.payload(&head(BINBYTES)[..5], value),
            _ if self.protocol >= Protocol::V4 => self.payload(&head(BINBYTES8), value),
            _ => Err(self.too_long("bytes")),
        }
    }

    /// Writes bytes as a call of `_codecs.encode` with text, which makes them in every Python: Python 2 has no separate
    /// type of bytes.
    fn bytes_as_text(&mut self, value: &[u8]) -> Result<()> {
        if value.is_empty() {
            self.known(Known::Bytes)?;
            self.open_tuple(0);
            self.close_tuple(0);
            self.put([REDUCE]);
            return Ok(());
        }
        self.fits(value.len())?;
        self.known(Known::Encode)?;
        self.open_tuple(2);
        let letters = value.iter().map(|&byte| char::from(byte));
        if self.is_text() {
            self.escaped(letters.map(u32::from))?;
        } else {
            self.latin1_as_utf8(value)?;
        }
        self.str("latin1")?;
        self.close_tuple(2);
        self.put([REDUCE]);
        Ok(())
    }

    /// Writes Latin-1 as UTF-8, where characters beyond ASCII take two bytes.
    fn latin1_as_utf8(&mut self, letters: &[u8]) -> Result<()> {
        let len = letters.len() + letters.iter().filter(|letter| !letter.is_ascii()).count();
        let Ok(short) = u32::try_from(len) else { return Err(self.too_long("bytes")) };
        self.fits(len)?;
        self.put([BINUNICODE]);
        self.put(short.to_le_bytes());
        let mut rest = letters;
        while rest.len() >= LETTERS {
            let (space, _) = self.space();
            let mut used = 0;
            while let Some((block, behind)) = rest.split_first_chunk::<LETTERS>() {
                let Some(text) = space[used..].first_chunk_mut() else { break };
                used += wide(block, text);
                rest = behind;
            }
            self.advance(used);
        }
        for &letter in rest {
            let mut text = [0; 2 * LETTERS];
            let len = wide(&[letter], &mut text);
            self.put_first(&text, len);
        }
        Ok(())
    }

    pub fn bytearray(&mut self, value: &[u8]) -> Result<()> {
        if self.protocol >= Protocol::V5 {
            return self.payload(&with_op(BYTEARRAY8, (value.len() as u64).to_le_bytes()), value);
        }
        self.known(Known::ByteArray)?;
        self.open_tuple(1);
        self.bytes(value)?;
        self.close_tuple(1);
        self.put([REDUCE]);
        Ok(())
    }

    #[cold]
    fn too_long(&self, what: &str) -> crate::Error {
        let expected = format!("{what} of less than 4 GiB, as protocol {} has it", self.protocol.number());
        crate::Error::new(crate::ErrorKind::Unwritable, expected, "more")
    }
}

/// Converts Latin-1 to UTF-8, and returns its length. There is no branch on single characters: in binary data, it could
/// not be predicted.
#[cfg_attr(not(debug_assertions), inline(always))]
fn wide<const N: usize>(letters: &[u8; N], text: &mut [u8; 2 * LETTERS]) -> usize {
    const { assert!(N <= LETTERS) };
    if let (true, Some(plain)) = (letters.is_ascii(), text.first_chunk_mut()) {
        *plain = *letters;
        return N;
    }
    let mut len = 0;
    for letter in letters {
        let beyond = letter >> 7;
        text[len % (2 * LETTERS)] = if beyond == 0 { *letter } else { 0xC0 | letter >> 6 };
        text[(len + 1) % (2 * LETTERS)] = 0x80 | letter & 0x3F;
        len += 1 + usize::from(beyond);
    }
    len
}

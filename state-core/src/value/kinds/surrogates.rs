//! Python text that no `str` can hold, because it has lone surrogates.

use alloc::{boxed::Box, string::String, vec::Vec};
use core::{fmt, str};

use crate::literal::{self, Piece};

/// Text with lone surrogates, which Python uses for undecodable file names:
/// [`Value::Surrogates`](crate::value::Value::Surrogates).
///
/// It is stored in Python's encoding, UTF-8 in which surrogates are encoded like other characters (`surrogatepass`).
///
/// ```
/// use state_core::value::Surrogates;
///
/// let name = Surrogates::new(b"caf\xed\xb3\xa9".to_vec()).unwrap();
/// assert_eq!(name.to_string(), r"'caf\udce9'");
/// assert_eq!(name.to_string_lossy(), "caf\u{fffd}");
/// assert!(Surrogates::new(b"caf\xe9".to_vec()).is_err());
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Surrogates(Box<[u8]>);

impl Surrogates {
    /// Makes text from `surrogatepass` UTF-8.
    ///
    /// # Errors
    /// Returns the bytes if they are not valid, or have no surrogate and so belong in a `str`.
    pub fn new(bytes: Vec<u8>) -> Result<Self, Vec<u8>> {
        if str::from_utf8(&bytes).is_ok() || !(Pieces { rest: &bytes }).all(|piece| piece.is_some()) {
            return Err(bytes);
        }
        Ok(Self(bytes.into()))
    }

    /// The text as `surrogatepass` UTF-8.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The text with U+FFFD in place of each surrogate.
    #[must_use]
    pub fn to_string_lossy(&self) -> String {
        let mut text = String::with_capacity(self.0.len());
        for piece in self.pieces() {
            match piece {
                Piece::Text(piece) => text.push_str(piece),
                Piece::Surrogate(_) => text.push(char::REPLACEMENT_CHARACTER),
            }
        }
        text
    }

    fn pieces(&self) -> impl Iterator<Item = Piece<'_>> {
        Pieces { rest: &self.0 }.flatten()
    }
}

/// The pieces of a text, and `None` at the first byte that belongs to none.
struct Pieces<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Option<Piece<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        if let Some(surrogate) = surrogate(self.rest) {
            self.rest = &self.rest[3..];
            return Some(Some(Piece::Surrogate(surrogate)));
        }
        // Every surrogate begins with this byte, but so do other characters.
        let end = |from: usize| {
            self.rest[from..].iter().position(|&byte| byte == 0xed).map_or(self.rest.len(), |at| from + at)
        };
        let mut cut = end(0);
        while cut < self.rest.len() && surrogate(&self.rest[cut..]).is_none() {
            cut = end(cut + 1);
        }
        let (piece, rest) = self.rest.split_at(cut);
        self.rest = rest;
        let text = str::from_utf8(piece).ok();
        if text.is_none() {
            self.rest = &[];
        }
        Some(text.map(Piece::Text))
    }
}

fn surrogate(bytes: &[u8]) -> Option<u16> {
    match *bytes {
        [0xed, high @ 0xa0..=0xbf, low @ 0x80..=0xbf, ..] => {
            Some(0xd000 | u16::from(high & 0x3f) << 6 | u16::from(low & 0x3f))
        }
        _ => None,
    }
}

/// Python's `repr`.
impl fmt::Display for Surrogates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        literal::write_surrogates(f, &self.0, self.pieces())
    }
}

impl fmt::Debug for Surrogates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

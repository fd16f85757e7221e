//! The difference between two images, for sending and for keeping many of them.

mod matches;
mod pieces;

use alloc::format;
use alloc::vec::Vec;

use super::checksum;
use super::header::{DELTA, Image};
use crate::error::{Error, ErrorKind, Result};
use matches::Search;

const VERSION: u8 = 1;

/// The size of the header: magic, version and zeros, the fingerprint, and length and checksum of the base and of the
/// image.
const SIZE: usize = 48;

/// The maximum number of copied bytes, in lengths of the base. So an image is at most this many times as long as its
/// base plus the delta, and a few bytes cannot demand any amount of memory.
const MOST_COPIED: usize = 8;

/// Computes a delta that turns one state into another of the same type, both as native bytes: to send it, or to keep
/// many states.
///
/// Pieces of the new image that occur anywhere in the old one are copied by reference; the others are included. So a
/// list that changes its length costs no more than its own change, although everything after it has moved. The program
/// must keep track of the old state, and of whether the other side has it.
///
/// This takes about as long as writing the state, and up to half the length of the old image in memory.
///
/// ```
/// use state_core::{State, dumps, image::{delta, patch}};
///
/// #[derive(State)]
/// struct World { names: Vec<String>, positions: Vec<[f32; 2]> }
///
/// let mut world = World { names: (0..500).map(|n| format!("entity {n}")).collect(), positions: vec![[0.5; 2]; 500] };
/// let old = dumps(&world)?;
/// world.names.remove(20);
/// world.positions.remove(20);
/// let new = dumps(&world)?;
///
/// let sent = delta(&old, &new)?;
/// assert!(sent.len() < 120 && new.len() > 10_000);
///
/// let mut received = Vec::new();
/// patch(&old, &sent, &mut received)?;
/// assert_eq!(received, new);
/// # Ok::<(), state_core::Error>(())
/// ```
///
/// # Errors
/// If the bytes are not native states, or those of two types.
pub fn delta(old: &[u8], new: &[u8]) -> Result<Vec<u8>> {
    let mut delta = Vec::new();
    delta_into(old, new, &mut delta)?;
    Ok(delta)
}

/// Like [`delta`], into a buffer, overwriting its contents and reusing its allocation.
///
/// # Errors
/// As for [`delta`]; the buffer is then empty.
pub fn delta_into(old: &[u8], new: &[u8], buffer: &mut Vec<u8>) -> Result<()> {
    buffer.clear();
    let (base, image) = (Image::open(old)?, Image::open(new)?);
    if base.fingerprint != image.fingerprint {
        return Err(other_type(base.fingerprint, image.fingerprint));
    }
    buffer.extend_from_slice(&DELTA);
    buffer.extend_from_slice(&[VERSION, 0, 0, 0]);
    for number in [base.fingerprint, old.len() as u64, checksum(old), new.len() as u64, checksum(new)] {
        buffer.extend_from_slice(&number.to_le_bytes());
    }
    pieces::write(&mut Search::new(old, new), old.len().saturating_mul(MOST_COPIED), buffer);
    Ok(())
}

/// Applies a [`delta`] to the old state and writes the new one into a buffer, overwriting its contents.
///
/// The checksums of both states are in the delta: a different base, or damage to any of the three, is an error and
/// never yields another state. As with all bytes from elsewhere, the type is not checked yet: [`loads`](super::loads)
/// and [`load_into`](super::load_into) do that. The buffer takes at most eight times the length of the base plus the
/// length of the delta.
///
/// # Errors
/// If the base has another type, or is not the one the delta was made from ([`ErrorKind::Base`]), or if the bytes are
/// not a delta, or a damaged one. The buffer is then empty.
pub fn patch(old: &[u8], delta: &[u8], buffer: &mut Vec<u8>) -> Result<()> {
    buffer.clear();
    let header = Header::open(delta)?;
    let base = Image::open(old)?;
    if base.fingerprint != header.fingerprint {
        return Err(other_type(header.fingerprint, base.fingerprint));
    }
    let found = Sum::of(old);
    if found != header.base {
        let expected = format!("the state from which the delta was made: {}", header.base);
        return Err(Error::new(ErrorKind::Base, expected, format!("{found}")));
    }
    let made = header.make(old, delta, buffer);
    if made.is_err() {
        buffer.clear();
    }
    made
}

/// What distinguishes one image from another.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Sum {
    len: u64,
    checksum: u64,
}

impl Sum {
    fn of(bytes: &[u8]) -> Self {
        Self { len: bytes.len() as u64, checksum: checksum(bytes) }
    }
}

impl core::fmt::Display for Sum {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} bytes with the checksum {:016x}", self.len, self.checksum)
    }
}

struct Header {
    fingerprint: u64,
    base: Sum,
    image: Sum,
}

impl Header {
    fn open(delta: &[u8]) -> Result<Self> {
        let Some(header) = delta.first_chunk::<SIZE>().filter(|_| delta.starts_with(&DELTA)) else {
            let found = if delta.starts_with(&DELTA) { "one that is cut off" } else { "other bytes" };
            return Err(Error::new(ErrorKind::NotState, "a delta (magic D7 53 54 44)", found).at_byte(0));
        };
        if header[4..8] != [VERSION, 0, 0, 0] {
            let found = format!("version {}", header[4]);
            return Err(Error::new(ErrorKind::Version, "version 1 of deltas", found).at_byte(4));
        }
        let number = |at: usize| header[at..].first_chunk().map_or(0, |number| u64::from_le_bytes(*number));
        Ok(Self {
            fingerprint: number(8),
            base: Sum { len: number(16), checksum: number(24) },
            image: Sum { len: number(32), checksum: number(40) },
        })
    }

    fn make(&self, old: &[u8], delta: &[u8], buffer: &mut Vec<u8>) -> Result<()> {
        let copied = old.len().saturating_mul(MOST_COPIED);
        let most = copied.saturating_add(delta.len()).min(isize::MAX as usize);
        let Some(len) = usize::try_from(self.image.len).ok().filter(|&len| len <= most) else {
            let expected = format!("a state of at most {most} bytes");
            return Err(Error::new(ErrorKind::Length, expected, format!("{}", self.image.len)).at_byte(32));
        };
        buffer.reserve(len);
        if let Err(left) = pieces::read(old, &delta[SIZE..], len, copied, buffer) {
            let error = Error::new(ErrorKind::Malformed, "the pieces of a state", "others");
            return Err(error.at_byte(delta.len() - left));
        }
        let found = Sum::of(buffer);
        if found != self.image {
            let expected = format!("pieces that make {}", self.image);
            return Err(Error::new(ErrorKind::Malformed, expected, format!("{found}")));
        }
        match Image::open(buffer)?.fingerprint {
            same if same == self.fingerprint => Ok(()),
            other => Err(other_type(self.fingerprint, other)),
        }
    }
}

#[cold]
fn other_type(expected: u64, found: u64) -> Error {
    Error::new(
        ErrorKind::Identity,
        format!("two states of one type (fingerprint {expected:016x})"),
        format!("one with the fingerprint {found:016x}"),
    )
    .at_byte(8)
}

//! The header of an image, and the parts into which it divides the bytes.

use alloc::vec::Vec;

use crate::error::{Error, ErrorKind, Result};
use crate::protocol::builder::Builder;
use crate::protocol::decode::Regions;
use crate::protocol::layout::{ALIGN, padded};
use crate::protocol::text::Text;
use crate::schema::fingerprint::identity_of;
use crate::schema::{Carried, Front, Rows, Sharing};
use crate::sharing::Numbered;
use crate::state::State;

pub(crate) const MAGIC: [u8; 4] = [0xD7, b'S', b'T', b'A'];
/// The magics of streams of states and of deltas, defined here so that all are different.
pub(crate) const STREAM: [u8; 4] = [0xD7, b'S', b'T', b'S'];
pub(crate) const DELTA: [u8; 4] = [0xD7, b'S', b'T', b'D'];
const VERSION: u8 = 1;
const WITH_SCHEMA: u8 = 1;
const NUMBERED: u8 = 2;
const CYCLIC: u8 = 4;
const WITH_CHECKSUM: u8 = 8;
const WITH_ARRAYS: u8 = 16;
const WITH_MEMBERS: u8 = 32;

/// The size of the checksum that may follow an image.
pub(crate) const CHECKSUM: usize = 8;

/// The size of the header, without the schema that may follow it.
pub(crate) const SIZE: usize = 40;

/// The bytes of an image, and what its header says about them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Image<'a> {
    /// The bytes without the checksum that follows them.
    pub bytes: &'a [u8],
    pub fingerprint: u64,
    pub schema: Option<&'a [u8]>,
    flags: u8,
    /// What [`checksum`](super::checksum) must return for the bytes.
    pub checksum: Option<u64>,
    /// Where the root's head starts.
    front: usize,
    tail: u64,
    text: u64,
    raw: u64,
}

/// Writes a header, and the schema after it. `space` has exactly their size.
pub(crate) fn write(space: &mut [u8], fingerprint: u64, lengths: [usize; 3], schema: Option<&Carried>) {
    write_shared(space, (fingerprint, Sharing::NO), lengths, schema);
}

/// Writes the header of an image in which references may be numbered, and the schema after it.
pub(crate) fn write_shared(
    space: &mut [u8],
    (fingerprint, sharing): (u64, Sharing),
    lengths: [usize; 3],
    schema: Option<&Carried>,
) {
    let numbered = if sharing.shared { NUMBERED } else { 0 } | if sharing.cyclic { CYCLIC } else { 0 };
    let carried = match schema.map(|schema| schema.front) {
        None => 0,
        Some(Front { arrays, members, .. }) => {
            WITH_SCHEMA | if arrays { WITH_ARRAYS } else { 0 } | if members { WITH_MEMBERS } else { 0 }
        }
    };
    let flags = carried | numbered;
    let (header, behind) = space.split_at_mut(SIZE);
    header[..4].copy_from_slice(&MAGIC);
    header[4..8].copy_from_slice(&[VERSION, flags, 0, 0]);
    let numbers = core::iter::once(fingerprint).chain(lengths.map(|length| length as u64));
    for (place, number) in header[8..].chunks_exact_mut(8).zip(numbers) {
        place.copy_from_slice(&number.to_le_bytes());
    }
    if let Some(schema) = schema {
        let (length, place) = behind.split_at_mut(4);
        // The length fits: a schema has a few bytes for each slot that someone declared.
        length.copy_from_slice(&(schema.bytes.len() as u32).to_le_bytes());
        place.copy_from_slice(&schema.bytes);
    }
}

/// The first eight bytes of a header without flags.
const PLAIN: u64 = u64::from_le_bytes([MAGIC[0], MAGIC[1], MAGIC[2], MAGIC[3], VERSION, 0, 0, 0]);

/// Writes a header without flags at the start of an image.
#[inline]
pub(crate) fn write_plain(image: &mut [u8], fingerprint: u64, [tail, text, raw]: [usize; 3]) {
    if let Some(header) = image.first_chunk_mut::<SIZE>() {
        let numbers = [PLAIN, fingerprint, tail as u64, text as u64, raw as u64];
        for (place, number) in header.chunks_exact_mut(8).zip(numbers) {
            place.copy_from_slice(&number.to_le_bytes());
        }
    }
}

/// Divides an image of a `T` without flags, which almost all are. Returns `None` for any other bytes, which are left to
/// [`Image::open`].
#[cfg_attr(not(debug_assertions), inline(always))]
pub(crate) fn divide<T: State>(bytes: &[u8]) -> Option<Regions<'_>> {
    let fingerprint = identity_of::<T>().fingerprint;
    if T::DYNAMIC {
        return divide_dynamic(bytes, fingerprint, T::HEAD);
    }
    let (lengths, behind) = plain(bytes, fingerprint)?;
    (behind.len() == T::HEAD && lengths == [0; 3]).then(|| Regions::flat(behind))
}

/// Divides an image of a type with this fingerprint and a head of `head` bytes.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn divide_dynamic(bytes: &[u8], fingerprint: u64, head: usize) -> Option<Regions<'_>> {
    let (lengths, behind) = plain(bytes, fingerprint)?;
    let [tail, text, raw] = lengths.map(|length| usize::try_from(length).unwrap_or(usize::MAX));
    let (head, rest) = behind.split_at_checked(head)?;
    let (tail, rest) = rest.split_at_checked(tail)?;
    let (text, rest) = rest.split_at_checked(text)?;
    let rest = if raw == 0 { rest } else { raw_behind(rest, bytes.len() - rest.len())? };
    let text = if text.is_empty() { Text::EMPTY } else { Text::new(text).ok()? };
    (rest.len() == raw).then_some(Regions { head, tail, text, raw: rest, numbered: None })
}

/// Returns the lengths in a header without flags, and the bytes after it.
#[cfg_attr(not(debug_assertions), inline(always))]
fn plain(bytes: &[u8], fingerprint: u64) -> Option<([u64; 3], &[u8])> {
    let (header, behind) = bytes.split_first_chunk::<SIZE>()?;
    let lengths = [16, 24, 32].map(|at| number(header, at));
    (number(header, 0) == PLAIN && number(header, 8) == fingerprint).then_some((lengths, behind))
}

/// Returns the bytes after the padding at `start`.
#[inline]
pub(super) fn raw_behind(rest: &[u8], start: usize) -> Option<&[u8]> {
    let (zeros, raw) = rest.split_at_checked(start.wrapping_neg() % ALIGN)?;
    zeros.iter().all(|&byte| byte == 0).then_some(raw)
}

/// Joins the parts of an image that were made separately.
pub(crate) fn lay_out(
    identity: (u64, Sharing),
    head: usize,
    made: &Builder,
    schema: Option<&Carried>,
) -> Result<Vec<u8>> {
    let Builder { heads, text, raw, .. } = made;
    let lengths = [heads.len().saturating_sub(head), text.len(), raw.len()];
    let front = SIZE + schema.map_or(0, |schema| 4 + schema.bytes.len());
    let Some([_, text_end, raw_start, end]) = ends(front + head, lengths) else {
        return Err(Error::new(ErrorKind::Length, "lengths that fit in memory", "larger ones"));
    };
    let mut bytes = Vec::with_capacity(end);
    bytes.resize(front, 0);
    write_shared(&mut bytes, identity, lengths, schema);
    bytes.extend_from_slice(heads);
    bytes.extend_from_slice(text);
    bytes.resize(bytes.len() + raw_start - text_end, 0);
    bytes.extend_from_slice(raw);
    Ok(bytes)
}

/// Sets the flag for a checksum after the image in a header.
#[cfg(feature = "std")]
pub(crate) fn announce_checksum(header: &mut [u8]) {
    if let Some(flags) = header.get_mut(5) {
        *flags |= WITH_CHECKSUM;
    }
}

/// Returns the lengths of tail, text and raw in the header at the start of `bytes`, if it is one of the type with this
/// fingerprint.
pub(crate) fn lengths(bytes: &[u8], fingerprint: u64) -> Option<[usize; 3]> {
    let (header, _) = bytes.split_first_chunk::<SIZE>()?;
    if header[..4] != MAGIC || header[4] != VERSION || header[8..16] != fingerprint.to_le_bytes() {
        return None;
    }
    let [tail, text, raw] = [16, 24, 32].map(|at| usize::try_from(number(header, at)).ok());
    Some([tail?, text?, raw?])
}

/// Returns where tail and text end, and where raw starts and ends, if the tail starts at `start` and everything fits in
/// memory.
pub(crate) fn ends(start: usize, [tail, text, raw]: [usize; 3]) -> Option<[usize; 4]> {
    let tail_end = start.checked_add(tail)?;
    let text_end = tail_end.checked_add(text)?;
    let raw_start = if raw == 0 { text_end } else { padded(text_end)? };
    Some([tail_end, text_end, raw_start, raw_start.checked_add(raw)?])
}

/// Reads the number at a place in a header.
#[inline]
fn number(header: &[u8], at: usize) -> u64 {
    header[at..].first_chunk().map_or(0, |number| u64::from_le_bytes(*number))
}

impl<'a> Image<'a> {
    /// Reads the header.
    pub fn open(bytes: &'a [u8]) -> Result<Self> {
        let Some((header, behind)) = bytes.split_at_checked(SIZE).filter(|_| bytes.starts_with(&MAGIC)) else {
            return Err(no_image(bytes));
        };
        let [version, flags, reserved @ ..] = [header[4], header[5], header[6], header[7]];
        if version != VERSION {
            return Err(unknown("format version 1", format_args!("version {version}"), 4));
        }
        let unknown_flags =
            flags & !(WITH_SCHEMA | NUMBERED | CYCLIC | WITH_CHECKSUM | WITH_ARRAYS | WITH_MEMBERS) != 0;
        let alone = |flag, other| flags & (flag | other) == flag;
        let without_schema = alone(WITH_ARRAYS, WITH_SCHEMA) || alone(WITH_MEMBERS, WITH_SCHEMA);
        if unknown_flags || without_schema || alone(CYCLIC, NUMBERED) || reserved != [0, 0] {
            return Err(unknown(
                "flags that this version knows, and zeros after them",
                format_args!("{flags:02x} {:02x} {:02x}", reserved[0], reserved[1]),
                5,
            ));
        }
        let (bytes, behind, checksum) = match flags & WITH_CHECKSUM {
            0 => (bytes, behind, None),
            _ => {
                let Some((behind, sum)) = behind.split_last_chunk::<CHECKSUM>() else {
                    return Err(short((SIZE + CHECKSUM) as u64, bytes.len()));
                };
                (&bytes[..bytes.len() - CHECKSUM], behind, Some(u64::from_le_bytes(*sum)))
            }
        };
        let number = |at| number(header, at);
        let (schema, front) = match flags & WITH_SCHEMA {
            0 => (None, SIZE),
            _ => {
                let parts = carried(behind).map(|carried| (carried, Carried::divide(carried, front_of(flags))));
                let Some((carried, Some((_, schema)))) = parts else { return Err(no_schema(bytes.len())) };
                (Some(schema), SIZE + 4 + carried.len())
            }
        };
        Ok(Self {
            bytes,
            checksum,
            fingerprint: number(8),
            schema,
            flags,
            front,
            tail: number(16),
            text: number(24),
            raw: number(32),
        })
    }

    /// Whether references are numbered, and whether they may form cycles.
    #[inline]
    pub fn sharing(&self) -> Sharing {
        Sharing { shared: self.flags & NUMBERED != 0, cyclic: self.flags & CYCLIC != 0 }
    }

    /// Returns the schema and the rows before it.
    fn parts(&self) -> Option<(Rows<'a>, &'a [u8])> {
        self.schema?;
        let carried = carried(self.bytes.get(SIZE..)?)?;
        Carried::divide(carried, front_of(self.flags))
    }

    /// Returns the rows before the schema; see [`Carried`].
    pub fn rows(&self) -> Rows<'a> {
        self.parts().map(|(rows, _)| rows).unwrap_or_default()
    }

    /// The error if the schema is needed and missing.
    #[cold]
    pub fn no_schema(&self) -> Error {
        let found = alloc::format!("others, of a type with the fingerprint {:016x}", self.fingerprint);
        let expected = "bytes that carry their schema (`Options::with_schema`)";
        Error::new(ErrorKind::Identity, expected, found).at_byte(8)
    }

    /// The error if the schema does not have the fingerprint in the header.
    #[cold]
    pub fn other_schema() -> Error {
        Error::new(ErrorKind::Malformed, "a schema that has the header's fingerprint", "another").at_byte(SIZE)
    }

    /// The error if other parts are shared pointers than in the present form with the same fingerprint.
    #[cold]
    pub fn other_pointers() -> Error {
        let (expected, found) = ("a state with the shared pointers of this type", "one of another version with others");
        Error::new(ErrorKind::Identity, expected, found).with_hint("`loads_upgraded` accepts older states")
    }

    /// Divides the bytes after the header, if the root's head has `head` bytes.
    ///
    /// # Errors
    /// The lengths do not add up, the padding is not zero, or the text is not UTF-8.
    pub fn regions(&self, head: usize) -> Result<Regions<'a>> {
        let usize_of = |n: u64| usize::try_from(n).ok();
        let ends = || {
            let head_end = self.front.checked_add(head)?;
            let lengths = [usize_of(self.tail)?, usize_of(self.text)?, usize_of(self.raw)?];
            let [tail_end, text_end, raw_start, end] = ends(head_end, lengths)?;
            Some([head_end, tail_end, text_end, raw_start, end])
        };
        let Some([head_end, tail_end, text_end, raw_start, end]) = ends() else {
            return Err(Error::new(ErrorKind::Length, "lengths that fit in memory", "larger ones").at_byte(16));
        };
        if end != self.bytes.len() {
            let behind = if self.checksum.is_some() { CHECKSUM } else { 0 };
            return Err(short((end as u64).saturating_add(behind as u64), self.bytes.len() + behind));
        }
        if let Some(at) = self.bytes[text_end..raw_start].iter().position(|&byte| byte != 0) {
            let error = Error::new(ErrorKind::Malformed, "zeros before the raw arrays", "other bytes");
            return Err(error.at_byte(text_end + at));
        }
        let text = Text::new(&self.bytes[tail_end..text_end]).map_err(|error| {
            Error::new(ErrorKind::Malformed, "UTF-8 text", "other bytes").at_byte(tail_end + error.valid_up_to())
        })?;
        Ok(Regions {
            head: &self.bytes[self.front..head_end],
            tail: &self.bytes[head_end..tail_end],
            text,
            raw: &self.bytes[raw_start..],
            numbered: self.sharing().shared.then_some(Numbered::ANY),
        })
    }

    /// Divides an image that was just written, whose raw arrays are elsewhere.
    #[cfg(feature = "pyo3")]
    pub fn regions_before_raw(written: &'a [u8], front: usize, head: usize) -> Option<Regions<'a>> {
        let number = |at: usize| Some(u64::from_le_bytes(*written.get(at..)?.first_chunk::<8>()?) as usize);
        let (head, rest) = written.get(front..)?.split_at_checked(head)?;
        let (tail, rest) = rest.split_at_checked(number(16)?)?;
        Some(Regions { head, tail, text: Text::new(rest.get(..number(24)?)?).ok()?, raw: &[], numbered: None })
    }
}

fn front_of(flags: u8) -> Front {
    let has = |flag| flags & flag != 0;
    Front { members: has(WITH_MEMBERS), arrays: has(WITH_ARRAYS), numbered: has(NUMBERED) }
}

/// Returns the schema and the rows before it.
fn carried(behind: &[u8]) -> Option<&[u8]> {
    let (length, rest) = behind.split_first_chunk::<4>()?;
    rest.get(..usize::try_from(u32::from_le_bytes(*length)).ok()?)
}

#[cold]
fn no_schema(total: usize) -> Error {
    Error::new(ErrorKind::Length, "the schema that the header announces", "the end of the bytes").at_byte(total)
}

/// Describes the bytes that are there instead of a header.
#[cold]
fn no_image(bytes: &[u8]) -> Error {
    let found = match bytes {
        [] => "nothing",
        _ if bytes.starts_with(&MAGIC[..bytes.len().min(4)]) => return short(SIZE as u64, bytes.len()),
        [0x80, 2..=5, .., b'.'] => "what looks like a pickle",
        _ if bytes.starts_with(&STREAM) => "a stream of states",
        _ if bytes.starts_with(&DELTA) => "a delta",
        _ => "other bytes",
    };
    let error = Error::new(ErrorKind::NotState, "a native state (magic D7 53 54 41)", found).at_byte(0);
    match found {
        "what looks like a pickle" => error.with_hint("`pickle::loads` reads pickles"),
        "a stream of states" => error.with_hint("`image::stream::StreamReader` reads it"),
        "a delta" => error.with_hint("`image::patch` applies it"),
        _ => error,
    }
}

#[cold]
fn short(expected: u64, found: usize) -> Error {
    let expected_here = usize::try_from(expected).unwrap_or(usize::MAX);
    let error = Error::new(ErrorKind::Length, alloc::format!("{expected} bytes"), alloc::format!("{found}"))
        .at_byte(found.min(expected_here));
    if found < expected_here { error.with_hint("the bytes are truncated") } else { error }
}

#[cold]
fn unknown(expected: &'static str, found: core::fmt::Arguments<'_>, at: usize) -> Error {
    Error::new(ErrorKind::Version, expected, alloc::format!("{found}"))
        .with_hint("a later version of `state-core` may have written it")
        .at_byte(at)
}

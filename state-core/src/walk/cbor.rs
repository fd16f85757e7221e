//! Conversion between what serde wrote and dynamic values: the items of CBOR (RFC 8949) become `None`, `bool`, numbers,
//! text, bytes, lists and dicts, and the reverse.
//!
//! A few items have no such value: tags other than those of large integers, `undefined`, text in pieces, a dict as a
//! key. A value that contains one of them becomes the bytes of its whole CBOR, and such bytes are written back as they
//! are. So that no two states look alike, a byte string that could be mistaken for them is also kept as its whole CBOR.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::{Decoder, Encoder, Group};
use crate::error::{Error, ErrorKind, Result, index};
use crate::protocol::entry;

/// The maximum number of levels in the CBOR of a state.
const LEVELS: usize = 128;

const UNSIGNED: u8 = 0;
const NEGATIVE: u8 = 1;
const BYTES: u8 = 2;
const TEXT: u8 = 3;
const ARRAY: u8 = 4;
const MAP: u8 = 5;
const TAG: u8 = 6;

const FALSE: u8 = 0xF4;
const TRUE: u8 = 0xF5;
const NULL: u8 = 0xF6;
const UNDEFINED: u8 = 0xF7;
const HALF: u8 = 0xF9;
const SINGLE: u8 = 0xFA;
const DOUBLE: u8 = 0xFB;
const BREAK: u8 = 0xFF;

/// The tags of integers that are stored as byte strings.
const LARGE: u64 = 2;
const LARGE_NEGATIVE: u64 = 3;

/// Passes what serde wrote to `encoder`.
pub(crate) fn read(item: &[u8], encoder: &mut (impl Encoder + ?Sized)) {
    match counts(item) {
        Some(Some(counts)) if !is_whole(item) => show(item, counts, encoder),
        _ => encoder.bytes(item),
    }
}

/// Returns whether bytes stand for a whole CBOR item rather than for a byte string.
fn is_whole(mut bytes: &[u8]) -> bool {
    loop {
        match counts(bytes) {
            None => return false,
            Some(None) => return true,
            Some(Some(_)) => {}
        }
        let Some(Item::Leaf(Leaf::Bytes(inner))) = Item::cut(&mut bytes) else { return false };
        bytes = inner;
    }
}

/// Returns the number of parts of each array and map, in the order in which they begin; `Some(None)` if the item has no
/// dynamic value, and `None` if the bytes are not a CBOR item.
#[expect(clippy::option_option, reason = "each says why there are none")]
fn counts(item: &[u8]) -> Option<Option<Vec<usize>>> {
    let (mut counts, mut open, mut has_value) = (Vec::new(), Vec::new(), true);
    go_through(item, |event| match event {
        Event::Leaf(_) => {}
        Event::Other => has_value = false,
        Event::Open { is_map, in_key } => {
            has_value &= !(is_map && in_key);
            open.push(counts.len());
            counts.push(0);
        }
        Event::Close { parts } => {
            if let Some(count) = open.pop().and_then(|place: usize| counts.get_mut(place)) {
                *count = parts;
            }
        }
    })?;
    Some(has_value.then_some(counts))
}

fn show(item: &[u8], counts: Vec<usize>, encoder: &mut (impl Encoder + ?Sized)) {
    let mut counts = counts.into_iter();
    let gone_through = go_through(item, |event| match event {
        Event::Leaf(Leaf::Null) => encoder.none(),
        Event::Leaf(Leaf::Bool(value)) => encoder.bool(value),
        Event::Leaf(Leaf::Int(value)) => encoder.int(value),
        Event::Leaf(Leaf::Large(value)) => encoder.big(value),
        Event::Leaf(Leaf::Single(value)) => encoder.single(value),
        Event::Leaf(Leaf::Double(value)) => encoder.float(value),
        Event::Leaf(Leaf::Bytes(value)) => encoder.bytes(value),
        Event::Leaf(Leaf::Text(value)) => encoder.str(value),
        Event::Open { is_map, in_key } => {
            let count = counts.next().unwrap_or(0);
            encoder.begin(match (is_map, in_key) {
                (true, _) => Group::Dict(count / 2),
                // Lists in Python cannot be keys.
                (false, true) => Group::Tuple(count),
                (false, false) => Group::List(count),
            });
        }
        Event::Close { .. } => encoder.end(),
        Event::Other => {}
    });
    debug_assert!(gone_through.is_some(), "it was gone through before");
}

enum Event<'a> {
    Leaf(Leaf<'a>),
    Open {
        is_map: bool,
        /// Whether the group is part of a key.
        in_key: bool,
    },
    Close {
        parts: usize,
    },
    /// An item without a dynamic value.
    Other,
}

enum Leaf<'a> {
    Null,
    Bool(bool),
    Int(i128),
    Large(u128),
    Single(f32),
    Double(f64),
    Bytes(&'a [u8]),
    Text(&'a str),
}

/// An item, or the beginning of a group.
enum Item<'a> {
    Leaf(Leaf<'a>),
    /// That many items, or those up to a break.
    Group(What, Option<usize>),
    Undefined,
    Break,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Array,
    Map,
    /// A tag, or text or bytes in pieces.
    Other,
}

struct Open {
    what: What,
    parts: usize,
    wants: Option<usize>,
    in_key: bool,
}

/// Visits an item. Returns `None` if the bytes are not exactly one item, or if it is nested too deeply.
fn go_through<'a>(item: &'a [u8], mut visit: impl FnMut(Event<'a>)) -> Option<()> {
    let (mut rest, mut open) = (item, Vec::<Open>::new());
    loop {
        let item = Item::cut(&mut rest)?;
        if let Item::Break = item {
            let ended = open.last_mut().filter(|open| open.wants.is_none())?;
            ended.wants = Some(ended.parts);
        } else {
            let outer = open.last_mut();
            let in_key =
                outer.as_ref().is_some_and(|open| open.in_key || open.what == What::Map && open.parts % 2 == 0);
            if let Some(outer) = outer {
                outer.parts += 1;
            }
            match item {
                Item::Leaf(leaf) => visit(Event::Leaf(leaf)),
                Item::Undefined | Item::Break => visit(Event::Other),
                Item::Group(what, wants) => {
                    visit(match what {
                        What::Other => Event::Other,
                        _ => Event::Open { is_map: what == What::Map, in_key },
                    });
                    open.push(Open { what, parts: 0, wants, in_key });
                }
            }
        }
        while open.last().is_some_and(|open| open.wants == Some(open.parts)) {
            let Some(ended) = open.pop() else { break };
            match ended.what {
                What::Map if ended.parts % 2 == 1 => return None,
                What::Map | What::Array => visit(Event::Close { parts: ended.parts }),
                What::Other => {}
            }
        }
        if open.is_empty() {
            return rest.is_empty().then_some(());
        }
        if open.len() > LEVELS {
            return None;
        }
    }
}

impl<'a> Item<'a> {
    fn cut(rest: &mut &'a [u8]) -> Option<Self> {
        let (&first, mut behind) = rest.split_first()?;
        let item = match first {
            FALSE | TRUE => Self::Leaf(Leaf::Bool(first == TRUE)),
            NULL => Self::Leaf(Leaf::Null),
            UNDEFINED => Self::Undefined,
            HALF => Self::Leaf(Leaf::Single(half(u16::from_be_bytes(chunk(&mut behind)?)))),
            SINGLE => Self::Leaf(Leaf::Single(f32::from_be_bytes(chunk(&mut behind)?))),
            DOUBLE => Self::Leaf(Leaf::Double(f64::from_be_bytes(chunk(&mut behind)?))),
            BREAK => Self::Break,
            _ => {
                let argument = match first & 31 {
                    small @ 0..=23 => Some(small.into()),
                    24 => Some(chunk::<1>(&mut behind)?[0].into()),
                    25 => Some(u16::from_be_bytes(chunk(&mut behind)?).into()),
                    26 => Some(u32::from_be_bytes(chunk(&mut behind)?).into()),
                    27 => Some(u64::from_be_bytes(chunk(&mut behind)?)),
                    31 => None,
                    _ => return None,
                };
                Self::with(first >> 5, argument, &mut behind)?
            }
        };
        *rest = behind;
        Some(item)
    }

    fn with(major: u8, argument: Option<u64>, rest: &mut &'a [u8]) -> Option<Self> {
        // A count beyond `usize` is more than the bytes can contain.
        let count = argument.map(|argument| usize::try_from(argument).unwrap_or(usize::MAX));
        Some(match (major, argument) {
            (UNSIGNED, Some(argument)) => Self::Leaf(Leaf::Int(argument.into())),
            (NEGATIVE, Some(argument)) => Self::Leaf(Leaf::Int(!i128::from(argument))),
            (BYTES, Some(_)) => Self::Leaf(Leaf::Bytes(cut(rest, count?)?)),
            (TEXT, Some(_)) => Self::Leaf(Leaf::Text(core::str::from_utf8(cut(rest, count?)?).ok()?)),
            (BYTES | TEXT, None) => Self::Group(What::Other, None),
            (ARRAY, _) => Self::Group(What::Array, count),
            (MAP, None) => Self::Group(What::Map, None),
            (MAP, Some(_)) => Self::Group(What::Map, Some(count?.checked_mul(2)?)),
            (TAG, Some(tag)) => match large(tag, rest) {
                Some(number) => Self::Leaf(number),
                None => Self::Group(What::Other, Some(1)),
            },
            // Unassigned simple values.
            (_, Some(_)) => Self::Undefined,
            (_, None) => return None,
        })
    }
}

/// Reads an integer of up to 128 bits after its tag.
fn large<'a>(tag: u64, rest: &mut &'a [u8]) -> Option<Leaf<'a>> {
    let mut behind = *rest;
    if tag != LARGE && tag != LARGE_NEGATIVE {
        return None;
    }
    let Item::Leaf(Leaf::Bytes(bytes)) = Item::cut(&mut behind)? else { return None };
    let mut wide = [0; 16];
    wide.get_mut(16_usize.checked_sub(bytes.len())?..)?.copy_from_slice(bytes);
    let number = u128::from_be_bytes(wide);
    let leaf = match i128::try_from(number) {
        Ok(number) if tag == LARGE => Leaf::Int(number),
        Ok(number) => Leaf::Int(!number),
        Err(_) if tag == LARGE => Leaf::Large(number),
        Err(_) => return None,
    };
    *rest = behind;
    Some(leaf)
}

fn cut<'a>(rest: &mut &'a [u8], len: usize) -> Option<&'a [u8]> {
    let (cut, behind) = rest.split_at_checked(len)?;
    *rest = behind;
    Some(cut)
}

fn chunk<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (chunk, behind) = rest.split_first_chunk()?;
    *rest = behind;
    Some(*chunk)
}

/// Converts a 16-bit float (IEEE 754) to 32 bits.
fn half(bits: u16) -> f32 {
    let (sign, exponent, fraction) = (u32::from(bits >> 15), u32::from(bits >> 10 & 31), bits & 0x3FF);
    let positive = match exponent {
        0 => f32::from(fraction) / 16_777_216.0,
        31 => f32::from_bits(0xFF << 23 | u32::from(fraction) << 13),
        _ => f32::from_bits((exponent + 112) << 23 | u32::from(fraction) << 13),
    };
    f32::from_bits(positive.to_bits() | sign << 31)
}

/// Converts a dynamic value to the CBOR that serde reads.
///
/// # Errors
/// The value has no counterpart in serde, with the path to it, or is nested too deeply.
pub(super) fn write<'v, D: Decoder<'v>>(value: D) -> Result<Vec<u8>> {
    if let Some(whole) = value.bytes().filter(|bytes| is_whole(bytes)) {
        return Ok(whole.to_vec());
    }
    let mut out = Vec::new();
    put(value, &mut out, LEVELS)?;
    Ok(out)
}

fn put<'v, D: Decoder<'v>>(value: D, out: &mut Vec<u8>, levels: usize) -> Result<()> {
    if value.is_none() {
        out.push(NULL);
    } else if let Some(value) = value.bool() {
        out.push(if value { TRUE } else { FALSE });
    } else if let Some(value) = value.int() {
        put_int(value, out);
    } else if let Some(value) = value.big() {
        put_large(LARGE, value, out);
    } else if let Some(value) = value.float().filter(|_| value.long().is_none()) {
        // Not an integer that is too large for serde, even if a float has the same value.
        out.push(DOUBLE);
        out.extend_from_slice(&value.to_be_bytes());
    } else if let Some(text) = value.str() {
        put_head(TEXT, text.len() as u64, out);
        out.extend_from_slice(text.as_bytes());
    } else if let Some(bytes) = value.bytes() {
        put_head(BYTES, bytes.len() as u64, out);
        out.extend_from_slice(bytes);
    } else {
        return put_group(value, out, levels);
    }
    Ok(())
}

fn put_group<'v, D: Decoder<'v>>(value: D, out: &mut Vec<u8>, levels: usize) -> Result<()> {
    let inner = || levels.checked_sub(1).ok_or_else(too_deep);
    if let Some(items) = value.items() {
        put_head(ARRAY, items.len() as u64, out);
        for (at, item) in items.enumerate() {
            put(item, out, inner()?).map_err(|error| error.within(&index(at)))?;
        }
        return Ok(());
    }
    let Some(entries) = value.entries() else { return Err(unknown(value)) };
    put_head(MAP, entries.len() as u64, out);
    for (at, (key, value)) in entries.enumerate() {
        put(key, out, inner()?).map_err(|error| error.within(&entry::key_of(at)))?;
        put(value, out, inner()?).map_err(|error| error.within(&entry::named(shown(key), at)))?;
    }
    Ok(())
}

/// Shows a key as errors do.
#[cold]
fn shown<'v, D: Decoder<'v>>(key: D) -> Option<String> {
    let number = || key.int().map(|key| key.to_string());
    let truth = |key| String::from(if key { "True" } else { "False" });
    key.str().map(entry::text).or_else(|| key.bool().map(truth)).or_else(number)
}

fn put_head(major: u8, argument: u64, out: &mut Vec<u8>) {
    let bytes = argument.to_be_bytes();
    let (info, len) = match argument {
        0..=23 => (argument as u8, 0),
        24..=0xFF => (24, 1),
        0x100..=0xFFFF => (25, 2),
        0x1_0000..=0xFFFF_FFFF => (26, 4),
        _ => (27, 8),
    };
    out.push(major << 5 | info);
    out.extend_from_slice(&bytes[8 - len..]);
}

fn put_int(value: i128, out: &mut Vec<u8>) {
    let (major, tag, magnitude) = if value < 0 { (NEGATIVE, LARGE_NEGATIVE, !value) } else { (UNSIGNED, LARGE, value) };
    match u64::try_from(magnitude) {
        Ok(small) => put_head(major, small, out),
        Err(_) => put_large(tag, magnitude.unsigned_abs(), out),
    }
}

fn put_large(tag: u64, value: u128, out: &mut Vec<u8>) {
    let bytes = value.to_be_bytes();
    let bytes = &bytes[value.leading_zeros() as usize / 8..];
    put_head(TAG, tag, out);
    put_head(BYTES, bytes.len() as u64, out);
    out.extend_from_slice(bytes);
}

#[cold]
fn too_deep() -> Error {
    Error::new(ErrorKind::Depth, "a value for serde that is nested at most 128 deep", "one that is nested deeper")
}

#[cold]
fn unknown<'v, D: Decoder<'v>>(value: D) -> Error {
    let expected = "a value for serde: None, bool, int, float, str, bytes, list, tuple, set or dict";
    Error::new(ErrorKind::Malformed, expected, value.describe())
}

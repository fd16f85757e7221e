//! How the regions of an image without a header are told apart: by which of them the type has at all, and by the
//! lengths of all of these but the last, which is what remains.

use super::super::header::{ends, raw_behind};
use crate::error::{Error, ErrorKind};
use crate::protocol::decode::Regions;
use crate::protocol::layout::padded;
use crate::protocol::text::Text;
use crate::schema::Present;

/// Whether the lengths of tail and text are written.
#[inline]
const fn written(present: Present) -> [bool; 2] {
    [present.tail && (present.text || present.raw), present.text && present.raw]
}

/// How many bytes the lengths take where each takes one, nothing is raw, and the type has what the value needs.
#[inline]
pub(super) fn short_width(present: Present, [tail, text, raw]: [usize; 3]) -> Option<usize> {
    let [has_tail, has_text] = written(present);
    let is_short = (tail | text) < 0x80 && raw == 0 && (present.tail || tail == 0) && (present.text || text == 0);
    is_short.then_some(usize::from(has_tail) + usize::from(has_text))
}

/// How many bytes the lengths take.
pub(super) fn width(present: Present, [tail, text, _]: [usize; 3]) -> usize {
    let [has_tail, has_text] = written(present);
    (if has_tail { width_of(tail) } else { 0 }) + (if has_text { width_of(text) } else { 0 })
}

/// Whether the type has all the regions that a value of it needs.
pub(super) fn hold(present: Present, [tail, text, raw]: [usize; 3]) -> bool {
    (present.tail || tail == 0) && (present.text || text == 0) && (present.raw || raw == 0)
}

/// Writes the lengths into as many bytes as they take.
#[inline]
pub(super) fn write(present: Present, [tail, text, _]: [usize; 3], space: &mut [u8]) {
    let [has_tail, has_text] = written(present);
    match space {
        [] => {}
        [only] => *only = (if has_tail { tail } else { text }) as u8,
        [first, second] if has_tail && has_text => (*first, *second) = (tail as u8, text as u8),
        _ => write_long(if has_tail { width_of(tail) } else { 0 }, [tail, text], space),
    }
}

/// Writes the first of two numbers into so many bytes, and the second into the others, if there are any.
#[inline(never)]
fn write_long(width: usize, [tail, text]: [usize; 2], space: &mut [u8]) {
    let (first, second) = space.split_at_mut(width);
    write_number(tail, first);
    write_number(text, second);
}

/// The bytes that a number takes in LEB128.
#[inline]
fn width_of(number: usize) -> usize {
    if number < 0x80 { 1 } else { long_width(number) }
}

fn long_width(number: usize) -> usize {
    number.checked_ilog2().map_or(1, |bits| bits as usize / 7 + 1)
}

fn write_number(mut number: usize, space: &mut [u8]) {
    let Some((last, first)) = space.split_last_mut() else { return };
    for byte in first {
        *byte = number as u8 | 0x80;
        number >>= 7;
    }
    *last = number as u8;
}

/// The parts of an image with a head of `head` bytes; what is wrong where there are none, [`fault`] says.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn divide(bytes: &[u8], head: usize, present: Present) -> Option<Regions<'_>> {
    let [has_tail, has_text] = written(present);
    let (head, mut rest) = bytes.split_at_checked(head)?;
    let tail = if has_tail { number(&mut rest)? } else { 0 };
    let text = if has_text { number(&mut rest)? } else { 0 };
    let tail = if present.tail && !has_tail { rest.len() } else { tail };
    let (tail, rest) = rest.split_at_checked(tail)?;
    let text = if present.text && !has_text { rest.len() } else { text };
    let (text, rest) = rest.split_at_checked(text)?;
    let raw = if rest.is_empty() { rest } else { raw(rest, bytes, present)? };
    let text = if text.is_empty() { Text::EMPTY } else { Text::new(text).ok()? };
    Some(Regions { head, tail, text, raw, numbered: None })
}

/// What stands behind the padding in front of the raw arrays.
fn raw<'a>(rest: &'a [u8], bytes: &[u8], present: Present) -> Option<&'a [u8]> {
    let raw = raw_behind(rest, bytes.len() - rest.len())?;
    (present.raw && !raw.is_empty()).then_some(raw)
}

/// A length in front of `rest`, in as few bytes as it takes.
#[inline]
fn number(rest: &mut &[u8]) -> Option<usize> {
    match rest {
        [byte @ ..=0x7F, behind @ ..] => {
            *rest = behind;
            Some(usize::from(*byte))
        }
        _ => {
            let (number, behind) = long_number(rest)?;
            *rest = behind;
            Some(number)
        }
    }
}

/// The bytes of the longest length.
#[cfg(feature = "std")]
pub(super) const LONGEST: usize = 10;

/// A number in as few bytes as it takes.
#[cfg(feature = "std")]
pub(super) fn number_in(number: usize, space: &mut [u8; LONGEST]) -> &[u8] {
    let space = &mut space[..width_of(number)];
    write_number(number, space);
    space
}

/// The number that all of these bytes are.
#[cfg(feature = "std")]
pub(super) fn number_of(mut bytes: &[u8]) -> Option<usize> {
    number(&mut bytes).filter(|_| bytes.is_empty())
}

fn long_number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut number = 0_u64;
    for (at, &byte) in bytes.iter().enumerate() {
        let (part, shift) = (u64::from(byte & 0x7F), 7 * at as u32);
        number |= part.checked_shl(shift).filter(|shifted| shifted >> shift == part)?;
        if byte < 0x80 {
            let is_short = byte != 0 || at == 0;
            return is_short.then_some((usize::try_from(number).ok()?, &bytes[at + 1..]));
        }
    }
    None
}

/// Why bytes have no regions.
#[cold]
pub(super) fn fault(bytes: &[u8], head: usize, present: Present) -> Error {
    let more = if present == Present::NONE { "" } else { "at least " };
    let Some(mut rest) = bytes.get(head..) else {
        return other_length(alloc::format!("{more}{head} bytes"), bytes.len(), bytes.len());
    };
    let mut lengths = [0; 2];
    for (length, is_written) in lengths.iter_mut().zip(written(present)) {
        if is_written {
            let at = bytes.len() - rest.len();
            match number(&mut rest) {
                Some(number) => *length = number,
                None => return no_number(at, bytes.len()),
            }
        }
    }
    let Some([tail_end, text_end, ..]) = ends(bytes.len() - rest.len(), [lengths[0], lengths[1], 0]) else {
        return Error::new(ErrorKind::Length, "lengths that fit in memory", "larger ones").at_byte(head);
    };
    if bytes.len() < text_end {
        return other_length(alloc::format!("{more}{text_end} bytes"), bytes.len(), bytes.len());
    }
    let [has_tail, has_text] = written(present);
    let text_start = if present.tail && !has_tail { bytes.len() } else { tail_end };
    let text_end = if present.text && !has_text { bytes.len() } else { text_start + lengths[1] };
    if let Err(error) = core::str::from_utf8(&bytes[text_start..text_end]) {
        return Error::new(ErrorKind::Malformed, "UTF-8 text", "other bytes").at_byte(text_start + error.valid_up_to());
    }
    let raw_start = padded(text_end).unwrap_or(usize::MAX);
    if !present.raw || bytes.len() <= raw_start {
        return other_length(alloc::format!("{text_end} bytes"), bytes.len(), text_end);
    }
    let zeros = bytes[text_end..raw_start].iter().take_while(|&&byte| byte == 0).count();
    Error::new(ErrorKind::Malformed, "zeros before the raw arrays", "other bytes").at_byte(text_end + zeros)
}

fn other_length(expected: alloc::string::String, found: usize, at: usize) -> Error {
    Error::new(ErrorKind::Length, expected, alloc::format!("{found}")).at_byte(at)
}

fn no_number(at: usize, total: usize) -> Error {
    let found = if at == total { "the end of the bytes" } else { "other bytes" };
    Error::new(ErrorKind::Length, "the length of a region, in as few bytes as it takes", found).at_byte(at)
}

//! How the regions of an image without a header are divided: by which of them the type has at all, and by the lengths
//! of all of these except the last, which is the rest.

use super::super::header::{self, raw_behind};
use crate::error::{Error, ErrorKind};
use crate::protocol::decode::Regions;
use crate::protocol::layout::padded;
use crate::protocol::text::Text;
use crate::schema::{End, Ends, Present};

/// Returns how many bytes the lengths take, if each takes one, nothing is raw, and the type has the regions that the
/// value needs.
#[inline]
pub(super) fn short_width(ends: &Ends, [tail, text, raw]: [usize; 3]) -> Option<usize> {
    let [most_tail, most_text] = ends.short;
    let is_short = tail <= usize::from(most_tail) && text <= usize::from(most_text) && raw == 0;
    is_short.then_some(usize::from(ends.lengths))
}

/// Returns how many bytes the lengths take.
fn width(ends: &Ends, [tail, text, _]: [usize; 3]) -> usize {
    let width = |end, length| if end == End::Length { width_of(length) } else { 0 };
    width(ends.tail, tail) + width(ends.text, text)
}

/// Returns how many bytes the lengths of any value take; `None` if the type lacks a region that the value needs.
#[inline(never)]
pub(super) fn any_width(ends: &Ends, lengths: [usize; 3]) -> Option<usize> {
    let [tail, text, raw] = lengths;
    let is_held = |end, length| end != End::Start || length == 0;
    let are_held = is_held(ends.tail, tail) && is_held(ends.text, text) && (ends.raw || raw == 0);
    are_held.then(|| width(ends, lengths))
}

/// Writes the lengths into exactly the bytes that they take.
#[inline]
pub(super) fn write(ends: &Ends, [tail, text, _]: [usize; 3], space: &mut [u8]) {
    let has_tail = ends.tail == End::Length;
    match space {
        [] => {}
        [only] => *only = (if has_tail { tail } else { text }) as u8,
        [first, second] if has_tail && ends.text == End::Length => (*first, *second) = (tail as u8, text as u8),
        _ => write_long(if has_tail { width_of(tail) } else { 0 }, [tail, text], space),
    }
}

/// Writes the first of two numbers into `width` bytes, and the second into the rest, if there is any.
#[inline(never)]
fn write_long(width: usize, [tail, text]: [usize; 2], space: &mut [u8]) {
    let (first, second) = space.split_at_mut(width);
    write_number(tail, first);
    write_number(text, second);
}

/// Returns how many bytes a number takes in LEB128.
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

/// Divides an image with a head of `head` bytes. If that is impossible, [`fault`] finds the reason.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn divide<'a>(bytes: &'a [u8], head: usize, ends: &Ends) -> Option<Regions<'a>> {
    let (head, mut rest) = bytes.split_at_checked(head)?;
    let tail = match ends.tail {
        End::Start => 0,
        End::Length => number(&mut rest)?,
        End::Last => rest.len(),
    };
    let text = match ends.text {
        End::Start => 0,
        End::Length => number(&mut rest)?,
        End::Last => rest.len().checked_sub(tail)?,
    };
    let (tail, rest) = rest.split_at_checked(tail)?;
    let (text, rest) = rest.split_at_checked(text)?;
    let raw = if rest.is_empty() { rest } else { raw(rest, bytes, ends)? };
    let text = if text.is_empty() { Text::EMPTY } else { Text::new(text).ok()? };
    Some(Regions { head, tail, text, raw, numbered: None })
}

/// Returns the bytes after the padding before the raw arrays.
fn raw<'a>(rest: &'a [u8], bytes: &[u8], ends: &Ends) -> Option<&'a [u8]> {
    let raw = raw_behind(rest, bytes.len() - rest.len())?;
    (ends.raw && !raw.is_empty()).then_some(raw)
}

/// Reads a length in its shortest form.
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

/// The size of the longest length.
#[cfg(feature = "std")]
pub(super) const LONGEST: usize = 10;

/// Writes a number in its shortest form.
#[cfg(feature = "std")]
pub(super) fn number_in(number: usize, space: &mut [u8; LONGEST]) -> &[u8] {
    let space = &mut space[..width_of(number)];
    write_number(number, space);
    space
}

/// Reads a number that must occupy all of these bytes.
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

/// Explains why bytes have no regions.
#[cold]
pub(super) fn fault(bytes: &[u8], head: usize, ends: &Ends) -> Error {
    let more = if *ends == Present::NONE.ends() { "" } else { "at least " };
    let Some(mut rest) = bytes.get(head..) else {
        return other_length(alloc::format!("{more}{head} bytes"), bytes.len(), bytes.len());
    };
    let mut lengths = [0; 2];
    for (length, end) in lengths.iter_mut().zip([ends.tail, ends.text]) {
        if end == End::Length {
            let at = bytes.len() - rest.len();
            match number(&mut rest) {
                Some(number) => *length = number,
                None => return no_number(at, bytes.len()),
            }
        }
    }
    let Some([tail_end, text_end, ..]) = header::ends(bytes.len() - rest.len(), [lengths[0], lengths[1], 0]) else {
        return Error::new(ErrorKind::Length, "lengths that fit in memory", "larger ones").at_byte(head);
    };
    if bytes.len() < text_end {
        return other_length(alloc::format!("{more}{text_end} bytes"), bytes.len(), bytes.len());
    }
    let text_start = if ends.tail == End::Last { bytes.len() } else { tail_end };
    let text_end = if ends.text == End::Last { bytes.len() } else { text_start + lengths[1] };
    if let Err(error) = core::str::from_utf8(&bytes[text_start..text_end]) {
        return Error::new(ErrorKind::Malformed, "UTF-8 text", "other bytes").at_byte(text_start + error.valid_up_to());
    }
    let raw_start = padded(text_end).unwrap_or(usize::MAX);
    if !ends.raw || bytes.len() <= raw_start {
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

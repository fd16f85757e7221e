//! `decimal.Decimal`.

use alloc::format;
use alloc::string::String;

use crate::walk::Decoder;

const MOST_PLACES: u32 = 28;
const PLACES: u32 = 0xFF << 16;
const NEGATIVE: u32 = 1 << 31;

/// The sign, the digits, and how many of them follow the decimal point.
struct Parts {
    is_negative: bool,
    digits: u128,
    places: u32,
}

fn parts(head: &[u8]) -> Option<Parts> {
    let (flags, digits) = head.split_first_chunk::<4>()?;
    let flags = u32::from_le_bytes(*flags);
    let mut whole = [0; 16];
    whole[..12].copy_from_slice(digits.get(..12)?);
    let places = (flags & PLACES) >> 16;
    let is_valid = flags & !(PLACES | NEGATIVE) == 0 && places <= MOST_PLACES;
    is_valid.then_some(Parts { is_negative: flags & NEGATIVE != 0, digits: u128::from_le_bytes(whole), places })
}

pub(crate) fn is_valid(head: &[u8]) -> bool {
    parts(head).is_some()
}

/// The text that Python's class has for it, defined by the General Decimal Arithmetic Specification
/// ("to-scientific-string").
pub(crate) fn text(head: &[u8]) -> Option<String> {
    let Parts { is_negative, digits, places } = parts(head)?;
    let places = places as usize;
    let digits = format!("{digits}");
    let before = digits.len() as i32 - places as i32;
    let sign = if is_negative { "-" } else { "" };
    Some(match usize::try_from(before) {
        Ok(before @ 1..) if before == digits.len() => format!("{sign}{digits}"),
        Ok(before @ 1..) => format!("{sign}{}.{}", &digits[..before], &digits[before..]),
        _ if before > -6 => format!("{sign}0.{digits:0>places$}"),
        _ => {
            let (first, rest) = digits.split_at(1);
            let point = if rest.is_empty() { "" } else { "." };
            format!("{sign}{first}{point}{rest}E{}", before - 1)
        }
    })
}

/// The head for a text, if it is a finite number that fits with all its digits: nothing is rounded.
pub(crate) fn of_text(text: &str) -> Option<[u8; 16]> {
    let (is_negative, text) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let (number, exponent) = match text.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (before, behind) = number.split_once('.').unwrap_or((number, ""));
    if before.is_empty() && behind.is_empty() {
        return None;
    }
    let mut digits = 0_u128;
    for byte in before.bytes().chain(behind.bytes()) {
        let digit = byte.is_ascii_digit().then(|| byte - b'0')?;
        digits = times_ten(digits)?.checked_add(digit.into())?;
    }
    let mut exponent = exponent.checked_sub(i32::try_from(behind.len()).ok()?)?;
    if digits == 0 {
        exponent = exponent.min(0);
    }
    while exponent > 0 {
        digits = times_ten(digits)?;
        exponent -= 1;
    }
    let places = exponent.unsigned_abs();
    if places > MOST_PLACES || digits >> 96 != 0 {
        return None;
    }
    let flags = places << 16 | if is_negative { NEGATIVE } else { 0 };
    let mut head = [0; 16];
    head[..4].copy_from_slice(&flags.to_le_bytes());
    head[4..].copy_from_slice(&digits.to_le_bytes()[..12]);
    Some(head)
}

/// Fails beyond 96 bits: a long text, or a large exponent, ends here.
fn times_ten(digits: u128) -> Option<u128> {
    (digits >> 96 == 0).then_some(digits * 10)
}

pub(super) fn head<'v, D: Decoder<'v>>(value: D) -> Option<[u8; 16]> {
    of_text(super::args(value, "decimal.Decimal", 1)?.next()?.str()?)
}

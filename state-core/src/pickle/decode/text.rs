//! Parses what protocol 0 writes as text: numbers as the C library and Python's `int` read them, byte strings with
//! their quotes and escapes, text as raw-unicode-escape.

use alloc::string::String;
use alloc::vec::Vec;

/// CPython does not read more decimal digits than this either, as the time for them grows with the square of their
/// number.
pub(super) const MOST_DIGITS: usize = 4300;

/// The number of INT or LONG: a sign, and digits of base 10, or of base 16, 8 or 2 after a prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Digits {
    Small(i128),
    /// Larger numbers as text without underscores: sign, base and digits.
    Large {
        negative: bool,
        base: u32,
        digits: String,
    },
    TooMany,
}

impl Digits {
    /// Returns the number, if it is not negative and has at most 128 bits.
    pub fn to_u128(&self) -> Option<u128> {
        match self {
            Self::Small(small) => u128::try_from(*small).ok(),
            Self::Large { negative: false, base, digits } => u128::from_str_radix(digits, *base).ok(),
            _ => None,
        }
    }
}

/// Reads an integer as `int(text, 0)` does.
pub(super) fn integer(text: &[u8]) -> Option<Digits> {
    let text = core::str::from_utf8(text).ok()?.trim_matches(is_space);
    let (negative, text) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let (base, digits) = base_of(text);
    // An underscore may be between two digits, or between the prefix and a digit.
    let apart = digits.strip_prefix('_').filter(|_| base != 10).unwrap_or(digits);
    if apart.is_empty() || apart.split('_').any(str::is_empty) {
        return None;
    }
    let digits: String = apart.chars().filter(|&digit| digit != '_').collect();
    if !digits.chars().all(|digit| digit.is_digit(base)) {
        return None;
    }
    if base == 10 && digits.len() > 1 && digits.starts_with('0') && digits.bytes().any(|digit| digit != b'0') {
        return None;
    }
    Some(number(negative, base, digits))
}

/// Reads an integer as `int(text)` does, which allows leading zeros.
pub(super) fn decimal(text: &[u8]) -> Option<Digits> {
    let text = core::str::from_utf8(text).ok()?.trim_matches(is_space);
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let is_whole = digits.split('_').all(|part| !part.is_empty() && part.bytes().all(|digit| digit.is_ascii_digit()));
    is_whole.then(|| number(negative, 10, digits.chars().filter(|&digit| digit != '_').collect()))
}

fn number(negative: bool, base: u32, digits: String) -> Digits {
    if base == 10 && digits.len() > MOST_DIGITS {
        return Digits::TooMany;
    }
    // The sign is parsed too: the least number is one further from zero than the largest.
    let parsed = match negative {
        true => i128::from_str_radix(&["-", &digits].concat(), base),
        false => i128::from_str_radix(&digits, base),
    };
    match parsed {
        Ok(number) => Digits::Small(number),
        Err(_) => Digits::Large { negative, base, digits },
    }
}

fn base_of(text: &str) -> (u32, &str) {
    let base = match text.as_bytes() {
        [b'0', b'x' | b'X', ..] => 16,
        [b'0', b'o' | b'O', ..] => 8,
        [b'0', b'b' | b'B', ..] => 2,
        _ => return (10, text),
    };
    (base, &text[2..])
}

/// Returns whether C's `isspace` counts a character as white space.
fn is_space(char: char) -> bool {
    matches!(char, ' ' | '\t' | '\n' | '\r' | '\x0b' | '\x0c')
}

/// Reads a number that C's `strtol` accepts and `int` does not: octal after a zero.
pub(super) fn octal(text: &[u8]) -> Option<i64> {
    let text = core::str::from_utf8(text).ok()?.trim_start_matches(is_space);
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    if !digits.starts_with('0') || !digits.bytes().all(|digit| (b'0'..=b'7').contains(&digit)) {
        return None;
    }
    let number = i64::from_str_radix(digits, 8).ok()?;
    Some(if negative { -number } else { number })
}

/// Returns a line up to a NUL, where a C string ends.
pub(super) fn c_string(line: &[u8]) -> &[u8] {
    line.split(|&byte| byte == 0).next().unwrap_or_default()
}

/// Reads a decimal number that is not negative, as in GET and PUT.
pub(super) fn index(text: &[u8]) -> Option<u64> {
    let text = core::str::from_utf8(c_string(text)).ok()?.trim_matches(is_space);
    let digits = text.strip_prefix('+').unwrap_or(text);
    if digits.is_empty() || digits.split('_').any(str::is_empty) {
        return None;
    }
    let digits: String = digits.chars().filter(|&digit| digit != '_').collect();
    if !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok().filter(|&number| i64::try_from(number).is_ok())
}

/// Reads a float as C's `strtod` does for Python: no white space, no hexadecimal digits, no overflow.
pub(super) fn float(text: &[u8]) -> Option<f64> {
    let text = core::str::from_utf8(text).ok()?;
    let number = text.strip_prefix(['+', '-']).unwrap_or(text);
    let words = ["inf", "infinity", "nan"];
    let word = words.iter().any(|word| number.eq_ignore_ascii_case(word));
    if !word && !number.starts_with(|first: char| first.is_ascii_digit() || first == '.') {
        return None;
    }
    text.parse().ok().filter(|float: &f64| word || float.is_finite())
}

/// Returns what is between the quotes of STRING, which may contain escapes.
pub(super) fn unquoted(line: &[u8]) -> Option<&[u8]> {
    match line {
        [first @ (b'\'' | b'"'), inner @ .., last] if first == last => Some(inner),
        _ => None,
    }
}

/// Resolves the escapes of a byte string.
pub(super) fn unescaped(text: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let mut rest = text;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'\\' {
            out.push(byte);
            continue;
        }
        let (&escape, after) = rest.split_first()?;
        rest = after;
        match escape {
            b'\n' => {}
            b'\\' | b'\'' | b'"' => out.push(escape),
            b'a' => out.push(7),
            b'b' => out.push(8),
            b't' => out.push(9),
            b'n' => out.push(10),
            b'v' => out.push(11),
            b'f' => out.push(12),
            b'r' => out.push(13),
            b'0'..=b'7' => {
                let more = rest.iter().take(2).take_while(|digit| (b'0'..=b'7').contains(*digit)).count();
                let (digits, after) = rest.split_at(more);
                rest = after;
                let value =
                    digits.iter().fold(u32::from(escape - b'0'), |value, digit| value * 8 + u32::from(digit - b'0'));
                out.push(value as u8);
            }
            b'x' => {
                let (digits, after) = rest.split_at_checked(2)?;
                rest = after;
                out.push(hex(digits)? as u8);
            }
            other => out.extend([b'\\', other]),
        }
    }
    Some(())
}

fn hex(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |value: u32, &digit| {
        let digit = char::from(digit).to_digit(16)?;
        Some(value.checked_mul(16)? | digit)
    })
}

/// Decodes text in raw-unicode-escape: Latin-1 with `\uXXXX` and `\UXXXXXXXX`. Lone surrogates become three bytes each.
pub(super) fn raw_unicode(line: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let mut rest = line;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        let width = match (byte, rest.first()) {
            (b'\\', Some(b'u')) => 4,
            (b'\\', Some(b'U')) => 8,
            (b'\\', Some(b'\\')) => {
                // Both backslashes are kept: the second begins no escape.
                out.extend(b"\\\\");
                rest = &rest[1..];
                continue;
            }
            _ => {
                push_code(u32::from(byte), out)?;
                continue;
            }
        };
        let (digits, after) = rest[1..].split_at_checked(width)?;
        rest = after;
        push_code(hex(digits)?, out)?;
    }
    Some(())
}

/// Appends a code point, or a lone surrogate, in UTF-8.
pub(super) fn push_code(code: u32, out: &mut Vec<u8>) -> Option<()> {
    match char::from_u32(code) {
        Some(char) => out.extend(char.encode_utf8(&mut [0; 4]).as_bytes()),
        None if (0xD800..0xE000).contains(&code) => {
            out.extend([0xE0 | (code >> 12) as u8, 0x80 | (code >> 6 & 0x3F) as u8, 0x80 | (code & 0x3F) as u8]);
        }
        None => return None,
    }
    Some(())
}

//! How Python's `repr` spells numbers, text and bytes.

use alloc::{format, string::String};
use core::fmt::{self, Formatter, LowerExp, Write};
use core::str::FromStr;

/// A piece of text that has lone surrogates.
pub(crate) enum Piece<'a> {
    Text(&'a str),
    Surrogate(u16),
}

/// Text, which prints as its literal.
pub(crate) struct Text<'a>(pub &'a str);

/// Bytes, which print as their literal.
pub(crate) struct Bytes<'a>(pub &'a [u8]);

/// A float, which prints as its literal.
pub(crate) struct Float(pub f64);

/// A float of 32 bits, which prints with no more digits than tell it from others of 32 bits.
pub(crate) struct Single(pub f32);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write_str(f, self.0)
    }
}

impl fmt::Display for Bytes<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write_bytes(f, self.0)
    }
}

impl fmt::Display for Float {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write_float(f, self.0)
    }
}

impl fmt::Display for Single {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write_number(f, self.0, ".0")
    }
}

/// Writes a name from outside, escaped so that it cannot disturb the line.
pub(crate) fn write_name(f: &mut Formatter<'_>, name: &str) -> fmt::Result {
    write_escaped(f, name, is_printable)
}

pub(crate) fn write_float(f: &mut Formatter<'_>, number: f64) -> fmt::Result {
    write_number(f, number, ".0")
}

/// Writes a complex number. A real part of positive zero is left out, and whole numbers have no fraction.
pub(crate) fn write_complex<N: Number>(f: &mut Formatter<'_>, [re, im]: [N; 2]) -> fmt::Result {
    let is_imaginary = re.into() == 0.0 && re.into().is_sign_positive();
    if !is_imaginary {
        f.write_char('(')?;
        write_number(f, re, "")?;
        f.write_str(if im.into().is_sign_negative() && !im.into().is_nan() { "" } else { "+" })?;
    }
    write_number(f, im, "")?;
    f.write_str(if is_imaginary { "j" } else { "j)" })
}

/// A float of 64 or 32 bits, whose shortest digits depend on which of the two it is.
pub(crate) trait Number: Copy + Into<f64> + LowerExp + FromStr + PartialEq {}

impl Number for f64 {}
impl Number for f32 {}

/// Writes a number. `end` follows the digits if there is no fraction and no exponent.
fn write_number<N: Number>(f: &mut Formatter<'_>, number: N, end: &str) -> fmt::Result {
    let wide = number.into();
    if wide.is_nan() {
        return f.write_str("nan");
    }
    if wide.is_infinite() {
        return write!(f, "{wide}");
    }
    let scientific = shortest(number);
    let (digits, exponent) = split(match scientific.strip_prefix('-') {
        Some(positive) => {
            f.write_char('-')?;
            positive
        }
        None => &scientific,
    });
    let (first, others) = digits.split_at(1);
    let others = others.trim_start_matches('.');
    let point = usize::try_from(exponent).unwrap_or_default();
    match exponent {
        ..-4 => write!(f, "{digits}e-{:02}", exponent.unsigned_abs()),
        -4..0 => write!(f, "0.{first:0>width$}{others}", width = exponent.unsigned_abs() as usize),
        0..16 => match others.split_at_checked(point) {
            Some((whole, part)) if !part.is_empty() => write!(f, "{first}{whole}.{part}"),
            _ => write!(f, "{first}{others:0<point$}{end}"),
        },
        16.. => write!(f, "{digits}e+{exponent}"),
    }
}

/// Returns the shortest digits that denote this number and no other, as `1.5e-7`.
fn shortest<N: Number>(number: N) -> String {
    let shortest = format!("{number:e}");
    let decimals = split(&shortest).0.trim_start_matches('-').len().saturating_sub(2);
    // If two such numbers are equally near, Rust chooses the larger, but Python the one with an even last digit, as
    // rounding to a fixed length does.
    let rounded = format!("{number:.decimals$e}");
    if rounded.parse().is_ok_and(|read: N| read == number) { rounded } else { shortest }
}

fn split(scientific: &str) -> (&str, i32) {
    let (digits, exponent) = scientific.split_once('e').unwrap_or((scientific, "0"));
    (digits, exponent.parse().unwrap_or_default())
}

pub(crate) fn write_str(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    let quote = quote(text.contains('\''), text.contains('"'));
    f.write_char(quote)?;
    write_escaped(f, text, |c| c != quote && c != '\\' && is_printable(c))?;
    f.write_char(quote)
}

/// Writes text with surrogates, which Python escapes like other unprintable characters.
pub(crate) fn write_surrogates<'a>(
    f: &mut Formatter<'_>,
    bytes: &[u8],
    pieces: impl Iterator<Item = Piece<'a>>,
) -> fmt::Result {
    let quote = quote(bytes.contains(&b'\''), bytes.contains(&b'"'));
    f.write_char(quote)?;
    for piece in pieces {
        match piece {
            Piece::Text(piece) => write_escaped(f, piece, |c| c != quote && c != '\\' && is_printable(c))?,
            Piece::Surrogate(code) => write!(f, "\\u{code:04x}")?,
        }
    }
    f.write_char(quote)
}

pub(crate) fn write_bytes(f: &mut Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    write_quoted(f, bytes, |c, quote| c == quote)
}

pub(crate) fn write_byte_array(f: &mut Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    f.write_str("bytearray(")?;
    // Only here, an apostrophe is also escaped between double quotes.
    write_quoted(f, bytes, |c, quote| c == quote || c == '\'')?;
    f.write_char(')')
}

fn write_quoted(f: &mut Formatter<'_>, bytes: &[u8], is_quote: fn(char, char) -> bool) -> fmt::Result {
    let quote = quote(bytes.contains(&b'\''), bytes.contains(&b'"'));
    f.write_char('b')?;
    f.write_char(quote)?;
    for &byte in bytes {
        match char::from(byte) {
            c @ ' '..='~' if !is_quote(c, quote) && c != '\\' => f.write_char(c)?,
            c => write_escape(f, c)?,
        }
    }
    f.write_char(quote)
}

const fn quote(has_single: bool, has_double: bool) -> char {
    if has_single && !has_double { '"' } else { '\'' }
}

fn write_escaped(f: &mut Formatter<'_>, text: &str, is_plain: impl Fn(char) -> bool) -> fmt::Result {
    let mut written = 0;
    for (at, c) in text.char_indices().filter(|&(_, c)| !is_plain(c)) {
        f.write_str(&text[written..at])?;
        write_escape(f, c)?;
        written = at + c.len_utf8();
    }
    f.write_str(&text[written..])
}

fn write_escape(f: &mut Formatter<'_>, c: char) -> fmt::Result {
    match c {
        '\t' => f.write_str("\\t"),
        '\n' => f.write_str("\\n"),
        '\r' => f.write_str("\\r"),
        '\\' | '\'' | '"' => write!(f, "\\{c}"),
        '\0'..='\u{ff}' => write!(f, "\\x{:02x}", u32::from(c)),
        '\u{100}'..='\u{ffff}' => write!(f, "\\u{:04x}", u32::from(c)),
        _ => write!(f, "\\U{:08x}", u32::from(c)),
    }
}

/// Whether Python prints a character unescaped: not a separator other than the space, nor a control, format, private or
/// unassigned character. `core` has the same rule but does not export it. `escape_debug` follows it for characters
/// after the first, except for its escapes of ASCII.
fn is_printable(c: char) -> bool {
    if c.is_ascii() {
        return (' '..='~').contains(&c);
    }
    let mut buffer = [b'a'; 5];
    let length = c.encode_utf8(&mut buffer[1..]).len();
    let text = core::str::from_utf8(&buffer[..=length]).unwrap_or_default();
    text.escape_debug().nth(1) == Some(c)
}

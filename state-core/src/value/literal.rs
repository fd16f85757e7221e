//! How Python's `repr` spells the values that hold no others: numbers, text and bytes.

use alloc::format;
use core::fmt::{self, Formatter, Write};

use super::Value;

/// Containers, which `repr` spells itself, are not asked.
pub(super) fn write(f: &mut Formatter<'_>, leaf: &Value) -> fmt::Result {
    match leaf {
        Value::None => f.write_str("None"),
        Value::Bool(true) => f.write_str("True"),
        Value::Bool(false) => f.write_str("False"),
        Value::Int(number) => write!(f, "{number}"),
        Value::Float(number) => write_float(f, *number),
        Value::Str(text) => write_str(f, text),
        Value::Bytes(bytes) => write_bytes(f, bytes),
        Value::Tuple(_)
        | Value::List(_)
        | Value::Dict(_)
        | Value::Set(_)
        | Value::Object(_)
        | Value::Variant(_) => Ok(()),
    }
}

/// A name from outside, spelt so that it cannot disturb the line that it stands in.
pub(super) fn write_name(f: &mut Formatter<'_>, name: &str) -> fmt::Result {
    write_escaped(f, name, is_printable)
}

/// Python and Rust give the same shortest digits, but lay them out differently from 1e16 on and below 1e-4.
fn write_float(f: &mut Formatter<'_>, number: f64) -> fmt::Result {
    if number.is_nan() {
        return f.write_str("nan");
    }
    let size = number.abs();
    if size == 0.0 || (1e-4..1e16).contains(&size) || size.is_infinite() {
        return write!(f, "{number:?}");
    }
    let scientific = format!("{number:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    match exponent.strip_prefix('-') {
        Some(exponent) => write!(f, "{digits}e-{exponent:0>2}"),
        None => write!(f, "{digits}e+{exponent:0>2}"),
    }
}

fn write_str(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    let quote = quote(text.contains('\''), text.contains('"'));
    f.write_char(quote)?;
    write_escaped(f, text, |c| c != quote && c != '\\' && is_printable(c))?;
    f.write_char(quote)
}

fn write_bytes(f: &mut Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    let quote = quote(bytes.contains(&b'\''), bytes.contains(&b'"'));
    f.write_char('b')?;
    f.write_char(quote)?;
    for &byte in bytes {
        match char::from(byte) {
            c @ ' '..='~' if c != quote && c != '\\' => f.write_char(c)?,
            c => write_escape(f, c)?,
        }
    }
    f.write_char(quote)
}

const fn quote(has_single: bool, has_double: bool) -> char {
    if has_single && !has_double { '"' } else { '\'' }
}

fn write_escaped(
    f: &mut Formatter<'_>,
    text: &str,
    is_plain: impl Fn(char) -> bool,
) -> fmt::Result {
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

/// Python's rule, neither a separator other than the space nor a control, format, private or unassigned character, is
/// also `core`'s, which does not show it by itself. In a text that begins with another letter `escape_debug` follows
/// it alone, but for its escapes of ASCII.
fn is_printable(c: char) -> bool {
    if c.is_ascii() {
        return (' '..='~').contains(&c);
    }
    let mut buffer = [b'a'; 5];
    let length = c.encode_utf8(&mut buffer[1..]).len();
    let text = core::str::from_utf8(&buffer[..=length]).unwrap_or_default();
    text.escape_debug().nth(1) == Some(c)
}

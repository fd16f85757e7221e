//! The input as opcodes with their arguments.

use alloc::borrow::ToOwned;
use alloc::format;

use crate::error::{Error, ErrorKind, Result};
use crate::pickle::opcode::{Argument, Opcode};

/// An opcode and its argument.
#[derive(Clone, Copy, Debug)]
pub(super) struct Op<'a> {
    pub code: u8,
    /// The number or length, widened.
    pub number: u64,
    /// The bytes, or the line without the newline; the first of two lines.
    pub bytes: &'a [u8],
    /// The second of two lines.
    pub second: &'a [u8],
    /// The offset of the next opcode.
    pub end: usize,
}

/// Reads the opcode at an offset, with its argument.
#[inline]
pub(super) fn op(input: &[u8], at: usize) -> Result<Op<'_>> {
    let Some(&code) = input.get(at) else {
        return Err(truncated("an opcode", "the end of the pickle", at));
    };
    let Some(opcode) = Opcode::of(code) else {
        return Err(unknown(code, at));
    };
    let mut op = Op { code, number: 0, bytes: &[], second: &[], end: at + 1 };
    match opcode.argument {
        Argument::Nothing => {}
        Argument::U8 => op.number = number(input, &mut op.end, 1).ok_or_else(|| cut_off(opcode, at))?,
        Argument::U16 => op.number = number(input, &mut op.end, 2).ok_or_else(|| cut_off(opcode, at))?,
        Argument::U32 => op.number = number(input, &mut op.end, 4).ok_or_else(|| cut_off(opcode, at))?,
        Argument::I32 => {
            let number = number(input, &mut op.end, 4).ok_or_else(|| cut_off(opcode, at))?;
            op.number = i64::from(number as u32 as i32) as u64;
        }
        Argument::U64 => op.number = number(input, &mut op.end, 8).ok_or_else(|| cut_off(opcode, at))?,
        Argument::Float => {
            let number = number(input, &mut op.end, 8).ok_or_else(|| cut_off(opcode, at))?;
            op.number = number.swap_bytes();
        }
        Argument::Line => op.bytes = line(input, &mut op.end).ok_or_else(|| cut_off(opcode, at))?,
        Argument::Lines => {
            op.bytes = line(input, &mut op.end).ok_or_else(|| cut_off(opcode, at))?;
            op.second = line(input, &mut op.end).ok_or_else(|| cut_off(opcode, at))?;
        }
        Argument::Counted1 => counted(input, &mut op, 1, at, opcode)?,
        Argument::Counted4 => counted(input, &mut op, 4, at, opcode)?,
        Argument::CountedSigned4 => {
            counted_signed(input, at, opcode)?;
            counted(input, &mut op, 4, at, opcode)?;
        }
        Argument::Counted8 => counted(input, &mut op, 8, at, opcode)?,
    }
    Ok(op)
}

#[inline]
fn number(input: &[u8], at: &mut usize, width: usize) -> Option<u64> {
    let bytes = input.get(*at..*at + width)?;
    *at += width;
    let mut whole = [0; 8];
    whole[..width].copy_from_slice(bytes);
    Some(u64::from_le_bytes(whole))
}

/// Reads up to the newline, and skips that.
fn line<'a>(input: &'a [u8], at: &mut usize) -> Option<&'a [u8]> {
    let rest = input.get(*at..)?;
    let len = rest.iter().position(|&byte| byte == b'\n')?;
    *at += len + 1;
    rest.get(..len)
}

#[inline]
fn counted<'a>(input: &'a [u8], op: &mut Op<'a>, width: usize, at: usize, opcode: &Opcode) -> Result<()> {
    let len = number(input, &mut op.end, width).ok_or_else(|| cut_off(opcode, at))?;
    let rest = input.get(op.end..).unwrap_or_default();
    match usize::try_from(len).ok().and_then(|len| rest.get(..len)) {
        Some(bytes) => {
            op.number = len;
            op.bytes = bytes;
            op.end += bytes.len();
            Ok(())
        }
        None => Err(short(opcode, len, rest.len(), at)),
    }
}

fn counted_signed(input: &[u8], at: usize, opcode: &Opcode) -> Result<()> {
    match input.get(at + 4) {
        Some(highest) if *highest >= 0x80 => {
            let found = format!("{} with a negative one", opcode.name);
            Err(Error::new(ErrorKind::Malformed, "a length", found).at_byte(at))
        }
        _ => Ok(()),
    }
}

#[cold]
fn short(opcode: &Opcode, len: u64, left: usize, at: usize) -> Error {
    truncated(&format!("{len} bytes after {}", opcode.name), &format!("{left}"), at)
}

#[cold]
fn cut_off(opcode: &Opcode, at: usize) -> Error {
    let lines = matches!(opcode.argument, Argument::Line | Argument::Lines);
    let expected = if lines { "a line" } else { "an argument" };
    truncated(&format!("{expected} after {}", opcode.name), "the end of the pickle", at)
}

#[cold]
pub(super) fn truncated(expected: &str, found: &str, at: usize) -> Error {
    Error::new(ErrorKind::Length, expected.to_owned(), found.to_owned())
        .at_byte(at)
        .with_hint("the pickle is truncated")
}

#[cold]
pub(super) fn unknown(code: u8, at: usize) -> Error {
    let found = if code.is_ascii_graphic() { format!("{:?}", char::from(code)) } else { format!("{code:#04x}") };
    let (kind, expected) = match at {
        0 => (ErrorKind::NotState, "a pickle"),
        _ => (ErrorKind::Malformed, "an opcode"),
    };
    Error::new(kind, expected, found).at_byte(at)
}

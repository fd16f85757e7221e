//! Numbers: in their usual forms, and separately in all others.

use core::cell::Cell;
use core::mem::size_of;

use super::{BLOCK, Reader};
use crate::pickle::decode::strings;
use crate::pickle::decode::view::Name;
use crate::pickle::opcode as op;
use crate::protocol::float;
use crate::value::Value;

/// The number of digits that always fit into a word.
const MOST_DIGITS: usize = 18;

impl Reader<'_> {
    pub(super) fn int(&mut self) -> Option<i64> {
        match self.input.get(self.at..).and_then(usual_int) {
            Some((value, len)) => {
                self.at += len;
                Some(value)
            }
            None => self.wide_int()?.try_into().ok(),
        }
    }

    /// Reads an integer of up to 128 bits.
    #[inline(never)]
    pub(super) fn wide_int(&mut self) -> Option<i128> {
        Some(match self.peek()? {
            op::BININT1 => self.argument::<1>()?[0].into(),
            op::BININT => i32::from_le_bytes(self.argument()?).into(),
            op::BININT2 => u16::from_le_bytes(self.argument()?).into(),
            op::LONG1 => {
                let [len] = self.argument()?;
                let bytes = self.bytes(len.into())?;
                let filler = if bytes.last().is_some_and(|&last| last >= 0x80) { 0xFF } else { 0 };
                let mut whole = [filler; 16];
                whole.get_mut(..bytes.len())?.copy_from_slice(bytes);
                i128::from_le_bytes(whole)
            }
            op::INT | op::LONG => {
                let (is_negative, digits) = self.digits()?;
                if is_negative { 0_i128.checked_sub_unsigned(digits)? } else { digits.try_into().ok()? }
            }
            _ => match self.scalar()? {
                Value::Int(int) => i128::try_from(&int).ok()?,
                _ => return None,
            },
        })
    }

    /// Reads an integer that is not negative.
    #[inline(never)]
    pub(super) fn unsigned(&mut self) -> Option<u128> {
        if self.peek()? == op::LONG {
            return self.digits().filter(|(is_negative, _)| !is_negative).map(|(_, number)| number);
        }
        if self.peek()? != op::LONG1 || self.input.get(self.at + 1) != Some(&17) {
            return self.wide_int()?.try_into().ok();
        }
        // A 17th byte is there for the sign.
        let [_, bytes @ .., 0] = self.argument::<18>()? else { return None };
        Some(u128::from_le_bytes(bytes))
    }

    pub(super) fn int_of_128(&mut self, at: usize, signed: bool) -> Option<()> {
        let bytes = if signed { self.wide_int()?.to_le_bytes() } else { self.unsigned()?.to_le_bytes() };
        self.write(at, 0, bytes)
    }

    /// Reads a float, or an integer that a float can represent exactly.
    pub(super) fn float(&mut self) -> Option<f64> {
        let value = match self.peek()? {
            op::BINFLOAT => return self.argument().map(f64::from_be_bytes),
            op::FLOAT => {
                self.at += 1;
                return float_of(self.line()?);
            }
            op::BININT1 | op::BININT | op::BININT2 | op::LONG1 | op::INT | op::LONG => self.int()?,
            _ => match self.scalar()? {
                Value::Float(value) => return Some(value),
                Value::Int(int) => i64::try_from(&int).ok()?,
                _ => return None,
            },
        };
        #[allow(clippy::cast_precision_loss, reason = "only what is exact is kept")]
        let float = value as f64;
        (value.unsigned_abs() <= 1 << f64::MANTISSA_DIGITS).then_some(float)
    }

    pub(super) fn bool(&mut self) -> Option<bool> {
        match self.peek()? {
            op::INT => {
                self.at += 1;
                match self.line()? {
                    b"00" => Some(false),
                    b"01" => Some(true),
                    _ => None,
                }
            }
            code @ (op::NEWTRUE | op::NEWFALSE) => {
                self.at += 1;
                Some(code == op::NEWTRUE)
            }
            _ => match self.scalar()? {
                Value::Bool(value) => Some(value),
                _ => None,
            },
        }
    }

    /// Reads the number of INT or LONG: whether it is negative, and its digits.
    fn digits(&mut self) -> Option<(bool, u128)> {
        let code = self.peek()?;
        self.at += 1;
        let line = self.line()?;
        decimal(if code == op::LONG { line.strip_suffix(b"L")? } else { line })
    }

    /// Reads a NumPy scalar: `scalar(type, bytes)`.
    #[cold]
    #[inline(never)]
    fn scalar(&mut self) -> Option<Value> {
        let seen = Cell::new(self.scalar);
        let is_scalar = |name: Name<'_>| {
            name.name == "scalar" && matches!(name.module, "numpy.core.multiarray" | "numpy._core.multiarray")
        };
        let value = self.called(&seen, &is_scalar, op::TUPLE2, &|this| {
            let (dtype, bytes) = (this.dtype()?, this.byte_string()?);
            let is_number = !bytes.is_empty() && dtype.itemsize() == bytes.len() && !dtype.is_time();
            is_number.then(|| dtype.read(&bytes))
        });
        self.scalar = seen.get();
        value
    }
}

/// Parses a decimal number without leading zeros: whether it is negative, and its digits.
pub(super) fn decimal(line: &[u8]) -> Option<(bool, u128)> {
    let (is_negative, digits) = line.strip_prefix(b"-").map_or((false, line), |digits| (true, digits));
    if digits.is_empty() || digits.first() == Some(&b'0') && line.len() > 1 {
        return None;
    }
    let mut number = 0_u128;
    for digits in digits.chunks(MOST_DIGITS) {
        let (mut part, mut unit) = (0, 1);
        for byte in digits {
            let digit = byte.wrapping_sub(b'0');
            if digit > 9 {
                return None;
            }
            (part, unit) = (10 * part + u64::from(digit), 10 * unit);
        }
        number = number.checked_mul(unit)?.checked_add(part.into())?;
    }
    Some((is_negative, number))
}

/// Parses the line of a float in protocol 0.
fn float_of(line: &[u8]) -> Option<f64> {
    let is_plain = line.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'e' | b'+'));
    if !is_plain || line.first() == Some(&b'e') {
        return strings::float(line);
    }
    core::str::from_utf8(line).ok()?.parse().ok().filter(|float: &f64| float.is_finite())
}

/// The size of a float with its opcode.
pub(super) const FLOAT: usize = 1 + size_of::<f64>();

/// Reads an integer in its usual forms; returns its size in bytes as well.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn usual_int(rest: &[u8]) -> Option<(i64, usize)> {
    let block = rest.first_chunk::<BLOCK>()?;
    Some(match block[0] {
        op::BININT1 => (block[1].into(), 2),
        op::BININT => (i32::from_le_bytes(part(block, 1)).into(), 5),
        op::BININT2 => (u16::from_le_bytes(part(block, 1)).into(), 3),
        op::LONG1 if matches!(block[1], 1..=8) => {
            let unused = 64 - 8 * u32::from(block[1]);
            (i64::from_le_bytes(part(block, 2)) << unused >> unused, 2 + usize::from(block[1]))
        }
        _ => return None,
    })
}

/// Reads an integer of up to 128 bits in its usual forms; returns its size in bytes as well.
pub(super) fn usual_wide(rest: &[u8]) -> Option<(i128, usize)> {
    let block = rest.first_chunk::<{ 2 + size_of::<i128>() }>()?;
    if block[0] != op::LONG1 || !matches!(block[1], 1..=16) {
        return usual_int(rest).map(|(value, len)| (value.into(), len));
    }
    let unused = i128::BITS - 8 * u32::from(block[1]);
    Some((i128::from_le_bytes(part(block, 2)) << unused >> unused, 2 + usize::from(block[1])))
}

#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn usual_float(rest: &[u8]) -> Option<f64> {
    let block = rest.first_chunk::<FLOAT>()?;
    (block[0] == op::BINFLOAT).then(|| f64::from_be_bytes(part(block, 1)))
}

#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) const fn bool_of(code: u8) -> Option<u8> {
    match code {
        op::NEWTRUE => Some(1),
        op::NEWFALSE => Some(0),
        _ => None,
    }
}

/// Converts to a 32-bit float; `None` if a finite value is out of range.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn single(value: f64) -> Option<f32> {
    let narrow = value as f32;
    if narrow.is_finite() {
        return Some(narrow);
    }
    (!value.is_finite()).then(|| float::narrow(value))
}

/// Returns the bytes of a block from a position on. All positions are constants, so no bounds check is left.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn part<const N: usize>(block: &[u8], at: usize) -> [u8; N] {
    let mut bytes = [0; N];
    bytes.copy_from_slice(&block[at..at + N]);
    bytes
}

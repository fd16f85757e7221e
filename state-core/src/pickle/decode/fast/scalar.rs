//! Numbers and text, and what puts them in the memo and gets them from it: in the forms that are usual, and apart from
//! these in all others.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::cell::Cell;
use core::mem::size_of;

use super::{BLOCK, Kept, Reader, is_composite};
use crate::pickle::decode::strings;
use crate::pickle::decode::text::raw_unicode;
use crate::pickle::decode::view::Name;
use crate::pickle::opcode as op;
use crate::protocol::float;
use crate::value::Value;

/// So many digits fit into a word.
const MOST_DIGITS: usize = 18;

/// The space that is made for text is at least this much more than what is needed.
const SPACE: usize = 256;

impl<'p> Reader<'p> {
    /// The opcode that comes next, behind the frames that begin here.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn peek(&mut self) -> Option<u8> {
        let code = *self.input.get(self.at)?;
        if code == op::FRAME { self.frame() } else { Some(code) }
    }

    #[cold]
    #[inline(never)]
    fn frame(&mut self) -> Option<u8> {
        while self.input.get(self.at) == Some(&op::FRAME) {
            let length = self.input.get(self.at + 1..)?.first_chunk::<8>()?;
            self.at += 9;
            if u64::from_le_bytes(*length) > (self.input.len() - self.at) as u64 {
                return None;
            }
        }
        self.input.get(self.at).copied()
    }

    /// An opcode, and no other.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn code(&mut self, code: u8) -> Option<()> {
        if *self.input.get(self.at)? != code {
            return self.code_behind_frames(code);
        }
        self.at += 1;
        Some(())
    }

    #[cold]
    #[inline(never)]
    fn code_behind_frames(&mut self, code: u8) -> Option<()> {
        if self.peek()? != code {
            return None;
        }
        self.at += 1;
        Some(())
    }

    /// The bytes behind an opcode.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn argument<const N: usize>(&mut self) -> Option<[u8; N]> {
        let bytes = self.input.get(self.at + 1..)?.first_chunk::<N>()?;
        self.at += 1 + N;
        Some(*bytes)
    }

    /// The next bytes.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn bytes(&mut self, len: usize) -> Option<&'p [u8]> {
        let bytes = self.input.get(self.at..)?.get(..len)?;
        self.at += len;
        Some(bytes)
    }

    /// Puts what begins at a position in the memo, if the pickle does.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn put(&mut self, kept: Kept) -> Option<()> {
        let code = *self.input.get(self.at)?;
        if code == op::MEMOIZE {
            self.at += 1;
            self.memo.push(kept);
            return Some(());
        }
        match code {
            op::BINPUT | op::LONG_BINPUT | op::PUT | op::FRAME => self.put_numbered(kept),
            _ => Some(()),
        }
    }

    #[inline(never)]
    fn put_numbered(&mut self, kept: Kept) -> Option<()> {
        let number = match self.peek()? {
            op::BINPUT => u32::from(self.argument::<1>()?[0]),
            op::LONG_BINPUT => u32::from_le_bytes(self.argument()?),
            op::PUT => self.number_line()?,
            op::MEMOIZE => return self.put(kept),
            _ => return Some(()),
        };
        // What is read again has its number already.
        if number as usize != self.memo.len() && !self.is_again {
            return None;
        }
        self.memo.push(kept);
        Some(())
    }

    /// What the memo has under the number that comes next.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn get(&mut self) -> Option<Kept> {
        match self.input.get(self.at..)? {
            &[op::BINGET, number, ..] => {
                self.at += 2;
                self.memo.get(usize::from(number)).copied()
            }
            _ => self.get_numbered(),
        }
    }

    #[inline(never)]
    fn get_numbered(&mut self) -> Option<Kept> {
        let number = match self.peek()? {
            op::BINGET => u32::from(self.argument::<1>()?[0]),
            op::LONG_BINGET => u32::from_le_bytes(self.argument()?),
            op::GET => self.number_line()?,
            _ => return None,
        };
        self.memo.get(number as usize).copied()
    }

    /// A tuple, an object or the result of a call that comes from the memo; anything else stays where it is.
    pub(super) fn composite(&mut self) -> Option<Kept> {
        if !is_get(self.peek()?) {
            return None;
        }
        let at = self.at;
        let kept = self.get().filter(|&kept| is_composite(kept));
        if kept.is_none() {
            self.at = at;
        }
        kept
    }

    pub(super) fn int(&mut self) -> Option<i64> {
        match self.input.get(self.at..).and_then(usual_int) {
            Some((value, len)) => {
                self.at += len;
                Some(value)
            }
            None => self.wide_int()?.try_into().ok(),
        }
    }

    /// An integer of up to 128 bits.
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

    /// An integer that is not negative.
    #[inline(never)]
    pub(super) fn unsigned(&mut self) -> Option<u128> {
        if self.peek()? == op::LONG {
            return self.digits().filter(|(is_negative, _)| !is_negative).map(|(_, number)| number);
        }
        if self.peek()? != op::LONG1 || self.input.get(self.at + 1) != Some(&17) {
            return self.wide_int()?.try_into().ok();
        }
        // One byte more, for the sign.
        let [_, bytes @ .., 0] = self.argument::<18>()? else { return None };
        Some(u128::from_le_bytes(bytes))
    }

    pub(super) fn int_of_128(&mut self, at: usize, signed: bool) -> Option<()> {
        let bytes = if signed { self.wide_int()?.to_le_bytes() } else { self.unsigned()?.to_le_bytes() };
        self.write(at, 0, bytes)
    }

    /// A float, or an integer that is one exactly.
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

    /// The number of INT or LONG, and whether it is negative.
    fn digits(&mut self) -> Option<(bool, u128)> {
        let code = self.peek()?;
        self.at += 1;
        let line = self.line()?;
        decimal(if code == op::LONG { line.strip_suffix(b"L")? } else { line })
    }

    /// The number of GET or PUT.
    fn number_line(&mut self) -> Option<u32> {
        self.at += 1;
        let (is_negative, number) = decimal(self.line()?)?;
        u32::try_from(number).ok().filter(|_| !is_negative)
    }

    /// A number of NumPy: `scalar(type, bytes)`.
    #[cold]
    #[inline(never)]
    fn scalar(&mut self) -> Option<Value> {
        let (start, seen) = (self.at as u32, Cell::new(self.scalar));
        let is_scalar = |name: Name<'_>| {
            name.name == "scalar" && matches!(name.module, "numpy.core.multiarray" | "numpy._core.multiarray")
        };
        let named = self.named(&seen, is_scalar)?;
        self.scalar = seen.get();
        if let Some(kept) = named {
            return self.again(kept, Self::scalar);
        }
        self.open_call()?;
        let dtype = self.dtype()?;
        let bytes = self.byte_string()?;
        self.end_call(op::TUPLE2, start)?;
        (!bytes.is_empty() && dtype.itemsize() == bytes.len()).then(|| dtype.read(&bytes))
    }

    /// Text in its usual form, whose length goes to a head; where it ends.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn usual_text(&mut self, at: usize, from: usize) -> Option<usize> {
        let window = self.input.get(from..)?.first_chunk::<{ 2 + BLOCK }>()?;
        let len = usize::from(window[1]);
        if window[0] != op::SHORT_BINUNICODE || len > BLOCK {
            return None;
        }
        *self.text.get_mut(self.wrote..)?.first_chunk_mut()? = part::<BLOCK>(window, 2);
        self.wrote += len;
        self.write(at, 0, (len as u32).to_le_bytes())?;
        self.put_at(from + 2 + len, from as Kept)
    }

    /// Puts something in the memo, if that is what stands at a place; where it goes on.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn put_at(&mut self, end: usize, kept: Kept) -> Option<usize> {
        match *self.input.get(end)? {
            op::MEMOIZE => {
                self.memo.push(kept);
                Some(end + 1)
            }
            op::BINPUT | op::LONG_BINPUT | op::PUT | op::FRAME => {
                self.at = end;
                self.put_numbered(kept)?;
                Some(self.at)
            }
            _ => Some(end),
        }
    }

    /// Text, whose length goes to a head.
    pub(super) fn text(&mut self, at: usize) -> Option<()> {
        let text = self.string()?;
        self.length(at, text.len())?;
        self.write_text(&text)
    }

    pub(super) fn write_text(&mut self, text: &[u8]) -> Option<()> {
        let end = self.wrote + text.len();
        if self.text.len() < end + BLOCK {
            self.text.resize(end + end / 2 + SPACE, 0);
        }
        self.text.get_mut(self.wrote..end)?.copy_from_slice(text);
        self.wrote = end;
        Some(())
    }

    pub(super) fn char(&mut self) -> Option<u32> {
        let text = self.string()?;
        let mut chars = core::str::from_utf8(&text).ok()?.chars();
        chars.next().filter(|_| chars.next().is_none()).map(u32::from)
    }

    /// The text that comes next, to be copied.
    pub(super) fn string(&mut self) -> Option<Cow<'p, [u8]>> {
        let code = self.peek()?;
        let start = self.at;
        if is_get(code) {
            let text = self.name()?;
            self.copies = self.copies.checked_sub(text.len())?;
            return Some(text);
        }
        let text = self.text_here()?;
        self.put(start as Kept)?;
        Some(text)
    }

    /// The text that comes next, to be compared.
    pub(super) fn name(&mut self) -> Option<Cow<'p, [u8]>> {
        if !is_get(self.peek()?) {
            return self.string();
        }
        let start = self.get().filter(|&kept| kept <= Kept::from(u32::MAX))? as usize;
        let at = self.at;
        self.at = start;
        let text = self.text_here();
        self.at = at;
        text
    }

    fn text_here(&mut self) -> Option<Cow<'p, [u8]>> {
        let len = match *self.input.get(self.at)? {
            op::SHORT_BINUNICODE => self.argument::<1>()?[0].into(),
            op::BINUNICODE => u32::from_le_bytes(self.argument()?) as usize,
            op::BINUNICODE8 => usize::try_from(u64::from_le_bytes(self.argument()?)).ok()?,
            op::UNICODE => return self.text_of_protocol_0(),
            op::SHORT_BINSTRING | op::BINSTRING if self.bytes_are_text => return self.text_of_python_2(),
            _ => return None,
        };
        self.bytes(len).map(Cow::Borrowed)
    }

    /// A line in which all but ASCII and the backslash stands for itself.
    #[inline(never)]
    fn text_of_protocol_0(&mut self) -> Option<Cow<'p, [u8]>> {
        let rest = self.input.get(self.at + 1..)?;
        let line = rest.get(..rest.iter().position(|&byte| byte == b'\n')?)?;
        self.at += line.len() + 2;
        if line.iter().all(|&byte| byte < 0x80 && byte != b'\\') {
            return Some(Cow::Borrowed(line));
        }
        let mut text = Vec::with_capacity(2 * line.len());
        raw_unicode(line, &mut text)?;
        // Lone surrogates are left to the machine.
        core::str::from_utf8(&text).ok()?;
        Some(Cow::Owned(text))
    }

    /// An 8-bit string that is the same in each encoding.
    fn text_of_python_2(&mut self) -> Option<Cow<'p, [u8]>> {
        let len = match *self.input.get(self.at)? {
            op::SHORT_BINSTRING => self.argument::<1>()?[0].into(),
            _ => usize::try_from(i32::from_le_bytes(self.argument()?)).ok()?,
        };
        self.bytes(len).filter(|text| text.is_ascii()).map(Cow::Borrowed)
    }
}

/// Whether an opcode gets something from the memo.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) const fn is_get(code: u8) -> bool {
    matches!(code, op::BINGET | op::LONG_BINGET | op::GET)
}

/// A number as it is written, without zeros in front, and whether it is negative.
fn decimal(line: &[u8]) -> Option<(bool, u128)> {
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

/// The float that a line of protocol 0 stands for.
fn float_of(line: &[u8]) -> Option<f64> {
    let is_plain = line.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'e' | b'+'));
    if !is_plain || line.first() == Some(&b'e') {
        return strings::float(line);
    }
    core::str::from_utf8(line).ok()?.parse().ok().filter(|float: &f64| float.is_finite())
}

/// A float with its opcode.
pub(super) const FLOAT: usize = 1 + size_of::<f64>();

/// An integer in its usual forms, and the bytes that it takes.
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

/// An integer of up to 128 bits in its usual forms, and the bytes that it takes.
pub(super) fn usual_wide(rest: &[u8]) -> Option<(i128, usize)> {
    let block = rest.first_chunk::<{ 2 + size_of::<i128>() }>()?;
    if block[0] != op::LONG1 || !matches!(block[1], 1..=16) {
        return usual_int(rest).map(|(value, len)| (value.into(), len));
    }
    let unused = i128::BITS - 8 * u32::from(block[1]);
    Some((i128::from_le_bytes(part(block, 2)) << unused >> unused, 2 + usize::from(block[1])))
}

/// Text of a single letter in its usual form, and the bytes that it takes.
pub(super) fn usual_char(rest: &[u8]) -> Option<(u32, usize)> {
    let &[op::SHORT_BINUNICODE, len @ 1..=4, first, ..] = rest else { return None };
    if len == 1 {
        return (first < 0x80).then_some((first.into(), 3));
    }
    let mut letters = core::str::from_utf8(rest.get(2..2 + usize::from(len))?).ok()?.chars();
    let letter = letters.next().filter(|_| letters.as_str().is_empty())?;
    Some((letter.into(), 2 + usize::from(len)))
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

/// A float of 32 bits, if the range of these holds it.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn single(value: f64) -> Option<f32> {
    let narrow = value as f32;
    if narrow.is_finite() {
        return Some(narrow);
    }
    (!value.is_finite()).then(|| float::narrow(value))
}

/// The bytes of a block from a place on. Places are constants, so no test is left.
#[cfg_attr(not(debug_assertions), inline(always))]
fn part<const N: usize>(block: &[u8], at: usize) -> [u8; N] {
    let mut bytes = [0; N];
    bytes.copy_from_slice(&block[at..at + N]);
    bytes
}

//! Numbers and text, and what puts them in the memo and gets them from it: in the forms that are usual, and apart from
//! these in all others.

use core::mem::size_of;

use super::{BLOCK, Kept, Reader, is_composite};
use crate::pickle::opcode as op;
use crate::protocol::float;

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
            op::BINPUT | op::LONG_BINPUT | op::FRAME => self.put_numbered(kept),
            _ => Some(()),
        }
    }

    #[inline(never)]
    fn put_numbered(&mut self, kept: Kept) -> Option<()> {
        let number = match self.peek()? {
            op::BINPUT => u32::from(self.argument::<1>()?[0]),
            op::LONG_BINPUT => u32::from_le_bytes(self.argument()?),
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
            _ => return None,
        };
        self.memo.get(number as usize).copied()
    }

    /// A tuple, an object or the result of a call that comes from the memo; anything else stays where it is.
    pub(super) fn composite(&mut self) -> Option<Kept> {
        if !matches!(self.peek()?, op::BINGET | op::LONG_BINGET) {
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
            _ => return None,
        })
    }

    /// An integer that is not negative.
    #[inline(never)]
    pub(super) fn unsigned(&mut self) -> Option<u128> {
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
        if self.peek()? == op::BINFLOAT {
            return self.argument().map(f64::from_be_bytes);
        }
        let value = self.int()?;
        #[allow(clippy::cast_precision_loss, reason = "only what is exact is kept")]
        let float = value as f64;
        (value.unsigned_abs() <= 1 << f64::MANTISSA_DIGITS).then_some(float)
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
        let end = from + 2 + len;
        match *self.input.get(end)? {
            op::MEMOIZE => {
                self.memo.push(from as Kept);
                Some(end + 1)
            }
            op::BINPUT | op::LONG_BINPUT | op::FRAME => {
                self.at = end;
                self.put_numbered(from as Kept)?;
                Some(self.at)
            }
            _ => Some(end),
        }
    }

    /// Text, whose length goes to a head.
    pub(super) fn text(&mut self, at: usize) -> Option<()> {
        let text = self.string()?;
        self.length(at, text.len())?;
        let end = self.wrote + text.len();
        if self.text.len() < end + BLOCK {
            self.text.resize(end + end / 2 + SPACE, 0);
        }
        self.text.get_mut(self.wrote..end)?.copy_from_slice(text);
        self.wrote = end;
        Some(())
    }

    pub(super) fn char(&mut self) -> Option<u32> {
        let mut chars = core::str::from_utf8(self.string()?).ok()?.chars();
        chars.next().filter(|_| chars.next().is_none()).map(u32::from)
    }

    /// The text that comes next, to be copied.
    pub(super) fn string(&mut self) -> Option<&'p [u8]> {
        let code = self.peek()?;
        let start = self.at;
        if matches!(code, op::BINGET | op::LONG_BINGET) {
            let text = self.name()?;
            self.copies = self.copies.checked_sub(text.len())?;
            return Some(text);
        }
        let text = self.text_here()?;
        self.put(start as Kept)?;
        Some(text)
    }

    /// The text that comes next, to be compared.
    pub(super) fn name(&mut self) -> Option<&'p [u8]> {
        if !matches!(self.peek()?, op::BINGET | op::LONG_BINGET) {
            return self.string();
        }
        let start = self.get().filter(|&kept| kept <= Kept::from(u32::MAX))? as usize;
        let at = self.at;
        self.at = start;
        let text = self.text_here();
        self.at = at;
        text
    }

    fn text_here(&mut self) -> Option<&'p [u8]> {
        let len = match *self.input.get(self.at)? {
            op::SHORT_BINUNICODE => self.argument::<1>()?[0].into(),
            op::BINUNICODE => u32::from_le_bytes(self.argument()?) as usize,
            op::BINUNICODE8 => usize::try_from(u64::from_le_bytes(self.argument()?)).ok()?,
            op::SHORT_BINSTRING | op::BINSTRING if self.bytes_are_text => return self.text_of_python_2(),
            _ => return None,
        };
        self.bytes(len)
    }

    /// An 8-bit string that is the same in each encoding.
    fn text_of_python_2(&mut self) -> Option<&'p [u8]> {
        let len = match *self.input.get(self.at)? {
            op::SHORT_BINSTRING => self.argument::<1>()?[0].into(),
            _ => usize::try_from(i32::from_le_bytes(self.argument()?)).ok()?,
        };
        self.bytes(len).filter(|text| text.is_ascii())
    }
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

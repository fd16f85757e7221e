//! What rows are read from and into: the input, and space that was made for some of them. What stands here keeps to
//! blocks of fixed size and to places in registers, so all of it is inlined.

use core::mem::size_of;

use super::row::NOWHERE;
use crate::pickle::opcode::{
    BINFLOAT, BINGET, BININT, BININT1, BININT2, BINPUT, BINUNICODE, EMPTY_TUPLE, FRAME, LONG_BINGET, LONG_BINPUT,
    LONG1, MEMOIZE, NEWFALSE, NEWOBJ, NEWTRUE, SHORT_BINUNICODE,
};
use crate::protocol::float;

/// What is looked at at once, and the blocks in which text is copied.
pub(super) const BLOCK: usize = 16;

/// How far reading has come.
#[derive(Clone, Copy)]
pub(super) struct Places {
    pub at: usize,
    pub put: usize,
    pub wrote: usize,
    pub filled: usize,
    pub copies: usize,
}

/// Space for some rows.
pub(super) struct Chunk<'a> {
    pub input: &'a [u8],
    pub memo: &'a mut [u32],
    pub text: &'a mut [u8],
    pub tail: &'a mut [u8],
    pub now: Places,
}

impl Chunk<'_> {
    /// The same, for a call that is not inlined: what it is lent must not be that of the loop, whose places would then
    /// have to be in memory.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn again(&mut self) -> Chunk<'_> {
        Chunk { input: self.input, memo: self.memo, text: self.text, tail: self.tail, now: self.now }
    }

    /// The next bytes, of which the first count.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn block(&self) -> Option<&[u8; BLOCK]> {
        self.input.get(self.now.at..)?.first_chunk()
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn code(&mut self, code: u8) -> Option<()> {
        let is = *self.input.get(self.now.at)? == code;
        self.now.at += 1;
        is.then_some(())
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn put_code(&mut self, code: u8) -> Option<()> {
        self.code(code)?;
        self.put(NOWHERE)
    }

    /// What puts into the memo what stands at `start`, if anything does.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn put(&mut self, start: u32) -> Option<()> {
        let code = *self.input.get(self.now.at)?;
        if code == MEMOIZE {
            self.now.at += 1;
        } else if matches!(code, BINPUT | LONG_BINPUT) {
            self.put_numbered()?;
        } else {
            // What puts it may stand behind the frame's beginning.
            return (code != FRAME).then_some(());
        }
        *self.memo.get_mut(self.now.put)? = start;
        self.now.put += 1;
        Some(())
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn put_numbered(&mut self) -> Option<()> {
        let (number, len) = counted(self.block()?, BINPUT);
        self.now.at += len;
        (number as usize == self.now.put).then_some(())
    }

    /// Where the opcode stands of what is got from the memo next.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn get(&mut self, block: [u8; BLOCK]) -> Option<u32> {
        if !matches!(block[0], BINGET | LONG_BINGET) {
            return None;
        }
        let (number, len) = counted(&block, BINGET);
        self.now.at += len;
        // The space behind what was put holds the position that no opcode has.
        self.memo.get(number as usize).copied()
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn object(&mut self, seen: u32) -> Option<()> {
        let class = self.get(*self.block()?)?;
        if class != seen || self.block()?[..2] != [EMPTY_TUPLE, NEWOBJ] {
            return None;
        }
        self.now.at += 2;
        self.put(NOWHERE)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn int(&mut self) -> Option<i64> {
        let block = *self.block()?;
        let (value, len) = match block[0] {
            BININT1 => (block[1].into(), 2),
            BININT => (i32::from_le_bytes(part(&block, 1)).into(), 5),
            BININT2 => (u16::from_le_bytes(part(&block, 1)).into(), 3),
            LONG1 if matches!(block[1], 1..=8) => {
                let unused = 64 - 8 * u32::from(block[1]);
                (i64::from_le_bytes(part(&block, 2)) << unused >> unused, 2 + usize::from(block[1]))
            }
            _ => return None,
        };
        self.now.at += len;
        Some(value)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn float(&mut self) -> Option<f64> {
        let block = *self.block()?;
        self.now.at += 1 + size_of::<f64>();
        (block[0] == BINFLOAT).then(|| f64::from_be_bytes(part(&block, 1)))
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn bool(&mut self) -> Option<u8> {
        let code = *self.input.get(self.now.at)?;
        self.now.at += 1;
        match code {
            NEWTRUE => Some(1),
            NEWFALSE => Some(0),
            _ => None,
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn text(&mut self, head: &mut [u8], at: u32) -> Option<()> {
        let start = self.now.at;
        let window: &[u8; 2 + BLOCK] = self.input.get(start..)?.first_chunk()?;
        // Short text, of which a part may be in sight already.
        if window[0] == SHORT_BINUNICODE && usize::from(window[1]) <= BLOCK {
            let len = usize::from(window[1]);
            *self.text.get_mut(self.now.wrote..)?.first_chunk_mut::<BLOCK>()? = part(window, 2);
            self.now.wrote += len;
            self.now.at = start + 2 + len;
            write(head, at, (len as u32).to_le_bytes())?;
            return self.put(start as u32);
        }
        self.other_text(head, at, part(window, 0))
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn other_text(&mut self, head: &mut [u8], at: u32, block: [u8; BLOCK]) -> Option<()> {
        let start = self.now.at;
        match text_of(&block) {
            Some((before, len)) => {
                self.copy(head, at, (start + before, len))?;
                self.now.at = start + before + len;
                self.put(start as u32)
            }
            None => {
                let place = self.text_again(block)?;
                self.copy(head, at, place)
            }
        }
    }

    /// Text from the memo: where it stands, and its length.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn text_again(&mut self, block: [u8; BLOCK]) -> Option<(usize, usize)> {
        let start = self.get(block)? as usize;
        let (before, len) = text_of(self.input.get(start..)?.first_chunk()?)?;
        self.now.copies = self.now.copies.checked_sub(len)?;
        Some((start + before, len))
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn copy(&mut self, head: &mut [u8], at: u32, (from, len): (usize, usize)) -> Option<()> {
        let source = self.input.get(from..)?;
        let target = self.text.get_mut(self.now.wrote..)?;
        if len <= BLOCK {
            *target.first_chunk_mut::<BLOCK>()? = *source.first_chunk()?;
        } else {
            target.get_mut(..len)?.copy_from_slice(source.get(..len)?);
        }
        self.now.wrote += len;
        // There is no space for text whose length has the long form.
        write(head, at, (len as u32).to_le_bytes())
    }

    /// The name of an attribute: where it stands.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn name(&mut self, name: &str, seen: u32) -> Option<u32> {
        let block = *self.block()?;
        let start = self.get(block)?;
        // Those that stand here in full, or for the first time, are few.
        if start != seen {
            let (before, len) = text_of(self.input.get(start as usize..)?.first_chunk()?)?;
            if self.input.get(start as usize + before..)?.get(..len)? != name.as_bytes() {
                return None;
            }
        }
        Some(start)
    }
}

/// The bytes before a text and those of it, if it begins here.
#[cfg_attr(not(debug_assertions), inline(always))]
fn text_of(block: &[u8; BLOCK]) -> Option<(usize, usize)> {
    match block[0] {
        SHORT_BINUNICODE => Some((2, block[1].into())),
        BINUNICODE => Some((5, u32::from_le_bytes(part(block, 1)) as usize)),
        _ => None,
    }
}

/// The number behind an opcode in its short form, or in its long one, and the length of both.
#[cfg_attr(not(debug_assertions), inline(always))]
fn counted(block: &[u8; BLOCK], short: u8) -> (u32, usize) {
    if block[0] == short { (block[1].into(), 2) } else { (u32::from_le_bytes(part(block, 1)), 5) }
}

/// The bytes of a block from a place on. Places are constants, so no test is left.
#[cfg_attr(not(debug_assertions), inline(always))]
fn part<const N: usize>(block: &[u8], at: usize) -> [u8; N] {
    let mut bytes = [0; N];
    bytes.copy_from_slice(&block[at..at + N]);
    bytes
}

pub(super) fn narrow(value: f64) -> Option<f32> {
    let narrow = value as f32;
    if narrow.is_finite() {
        return Some(narrow);
    }
    (!value.is_finite()).then(|| float::narrow(value))
}

#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn write<const N: usize>(head: &mut [u8], at: u32, bytes: [u8; N]) -> Option<()> {
    *head.get_mut(at as usize..)?.first_chunk_mut()? = bytes;
    Some(())
}

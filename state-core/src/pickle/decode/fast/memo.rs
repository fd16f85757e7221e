//! What the pickle puts in the memo and gets from it.

use super::Reader;
use super::number::decimal;
use crate::pickle::opcode as op;

/// What stands at a number of the memo: where it begins, and of what can begin with other parts, as tuples, classes and
/// objects do, in the upper half, where it was there.
pub(super) type Kept = u64;

/// The bit beside the place where a class or function begins.
pub(super) const CLASS: u32 = 1 << 31;

/// What nothing in the memo is.
pub(super) const NOTHING: Kept = Kept::MAX;

/// The number of levels that a part counts for at least, because of the stack frames of what reads it.
pub(super) const LEAST: u32 = 6;

/// A place where nothing begins.
pub(super) const NOWHERE: u32 = u32::MAX;

impl Reader<'_> {
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

    /// Reads what came from the memo where it stands; `None` if something else begins there.
    pub(super) fn again<T>(&mut self, kept: Kept, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let (at, memo, is_again, parts) = (self.at, self.memo.len(), self.is_again, self.parts);
        let start = start_of(kept);
        // What holds itself never ends.
        self.parts = parts.checked_sub(LEAST)?;
        (self.at, self.is_again) = (start, true);
        let read = read(self);
        let copied = self.at.abs_diff(start);
        // Of several parts that begin there, the last is the largest, and the one that was read.
        let met = self.memo.get(memo..).unwrap_or_default().iter().rfind(|met| **met as u32 == kept as u32);
        let is_same = met == Some(&kept);
        self.memo.truncate(memo);
        (self.at, self.is_again, self.parts) = (at, is_again, parts);
        self.copies = self.copies.checked_sub(copied)?;
        read.filter(|_| is_same)
    }

    /// What to keep of something that began at `start` and is there now.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) const fn made(&self, start: u32) -> Kept {
        (self.at as Kept) << 32 | start as Kept
    }

    /// The number of GET or PUT.
    fn number_line(&mut self) -> Option<u32> {
        self.at += 1;
        let (is_negative, number) = decimal(self.line()?)?;
        u32::try_from(number).ok().filter(|_| !is_negative)
    }
}

/// Whether an opcode gets something from the memo.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) const fn is_get(code: u8) -> bool {
    matches!(code, op::BINGET | op::LONG_BINGET | op::GET)
}

/// Whether something is a tuple, an object or what a call has made.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) const fn is_composite(kept: Kept) -> bool {
    kept >> 32 != 0 && kept as u32 & CLASS == 0
}

pub(super) const fn start_of(kept: Kept) -> usize {
    (kept as u32 & !CLASS) as usize
}

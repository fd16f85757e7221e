//! The entries that the pickle puts in the memo and gets from it.

use core::mem;

use super::Reader;
use super::number::decimal;
use crate::pickle::opcode as op;

/// A memo entry. The lower half is where the part begins. For parts that can begin with other parts (tuples, classes,
/// objects), the upper half is where they were complete.
pub(super) type Entry = u64;

/// The bit that marks the beginning of a class or function.
pub(super) const CLASS: u32 = 1 << 31;

/// No memo entry: nothing was seen so far, or nothing was completed.
pub(super) const NOTHING: Entry = Entry::MAX;

/// The memo entry of something that was read as part of a learned row, where beginnings are not recorded. Nothing
/// equals it, and it cannot be read again.
pub(super) const UNKNOWN: Entry = Entry::MAX - 1;

/// The number of levels that a part counts for at least, because of the stack frames of what reads it.
pub(super) const LEAST: u32 = 6;

/// A position at which nothing begins.
pub(super) const NOWHERE: u32 = u32::MAX;

impl Reader<'_> {
    /// Adds an entry to the memo if the pickle does so here.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn put(&mut self, kept: Entry) -> Option<()> {
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
    fn put_numbered(&mut self, kept: Entry) -> Option<()> {
        let number = match self.peek()? {
            op::BINPUT => u32::from(self.argument::<1>()?[0]),
            op::LONG_BINPUT => u32::from_le_bytes(self.argument()?),
            op::PUT => self.number_line()?,
            op::MEMOIZE => return self.put(kept),
            _ => return Some(()),
        };
        // A part that is read again was numbered the first time.
        if number as usize != self.memo.len() && !self.is_again {
            return None;
        }
        self.numbers_puts = true;
        self.memo.push(kept);
        Some(())
    }

    /// Adds an entry to the memo if the pickle does so at `end`, and returns the position after that.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn put_at(&mut self, end: usize, kept: Entry) -> Option<usize> {
        match *self.input.get(end)? {
            op::MEMOIZE => {
                self.memo.push(kept);
                Some(end + 1)
            }
            op::BINPUT | op::LONG_BINPUT | op::PUT | op::FRAME => {
                let at = mem::replace(&mut self.at, end);
                let put = self.put_numbered(kept);
                if put.is_none() {
                    // The part is read in another way then.
                    self.at = at;
                }
                put.map(|()| self.at)
            }
            _ => Some(end),
        }
    }

    /// Reads an opcode that gets something from the memo, and returns the entry.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn get(&mut self) -> Option<Entry> {
        match self.input.get(self.at..)? {
            &[op::BINGET, number, ..] => {
                self.at += 2;
                self.memo.get(usize::from(number)).copied()
            }
            _ => self.get_numbered(),
        }
    }

    #[inline(never)]
    fn get_numbered(&mut self) -> Option<Entry> {
        let number = match self.peek()? {
            op::BINGET => u32::from(self.argument::<1>()?[0]),
            op::LONG_BINGET => u32::from_le_bytes(self.argument()?),
            op::GET => self.number_line()?,
            _ => return None,
        };
        self.memo.get(number as usize).copied()
    }

    /// Reads a GET of a tuple, an object or the result of a call; if something else comes next, nothing is read.
    pub(super) fn composite(&mut self) -> Option<Entry> {
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

    /// Reads a part that came from the memo at the place where it begins; `None` if another part begins there.
    pub(super) fn again<T>(&mut self, kept: Entry, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let (at, memo, is_again, parts) = (self.at, self.memo.len(), self.is_again, self.parts);
        let start = start_of(kept);
        // Without a limit, a part that contains itself would be read forever.
        self.parts = parts.checked_sub(LEAST)?;
        (self.at, self.is_again, self.last) = (start, true, NOTHING);
        let read = read(self);
        let copied = self.at.abs_diff(start);
        // Of several parts that begin there, the last is the largest, and the one that was just read.
        let met = self.memo.get(memo..).unwrap_or_default().iter().rfind(|met| **met as u32 == kept as u32);
        // Unless that one is in no memo entry, as a tuple can be whose first item is the part.
        let is_larger = self.last as u32 == kept as u32 && self.last != kept;
        let is_same = met == Some(&kept) && !is_larger;
        self.memo.truncate(memo);
        (self.at, self.is_again, self.parts) = (at, is_again, parts);
        self.copies = self.copies.checked_sub(copied)?;
        read.filter(|_| is_same)
    }

    /// Returns the memo entry of a part that began at `start` and is complete here.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn made(&mut self, start: u32) -> Entry {
        self.last = (self.at as Entry) << 32 | Entry::from(start);
        self.last
    }

    /// Adds a part that began at `start` and is complete here to the memo if the pickle does so.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn put_made(&mut self, start: u32) -> Option<()> {
        let kept = self.made(start);
        self.put(kept)
    }

    /// Reads the line with the number of GET or PUT.
    fn number_line(&mut self) -> Option<u32> {
        self.at += 1;
        let (is_negative, number) = decimal(self.line()?)?;
        u32::try_from(number).ok().filter(|_| !is_negative)
    }
}

/// Returns whether an opcode gets something from the memo.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) const fn is_get(code: u8) -> bool {
    matches!(code, op::BINGET | op::LONG_BINGET | op::GET)
}

/// Returns whether an entry is a tuple, an object or the result of a call.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) const fn is_composite(kept: Entry) -> bool {
    kept >> 32 != 0 && kept as u32 & CLASS == 0
}

pub(super) const fn start_of(kept: Entry) -> usize {
    (kept as u32 & !CLASS) as usize
}

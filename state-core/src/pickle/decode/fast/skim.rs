//! Finds where values begin and end, by counting opcodes without building anything.

use alloc::vec::Vec;
use core::ops::Range;

use super::memo::{CLASS, Entry};
use crate::pickle::decode::scan::{self, Op};
use crate::pickle::decode::text;
use crate::pickle::opcode as op;

/// Consecutive values.
#[derive(Default)]
pub(super) struct Skim {
    /// Where each of them begins.
    pub starts: Vec<u32>,
    /// Where the last of them ends: at the opcode that uses it, or at the end of the range.
    pub end: usize,
    /// The entries that they put in the memo, and the numbers that they get from it.
    pub puts: Vec<Entry>,
    pub gets: Vec<usize>,
    /// The number of out-of-band buffers that they use.
    pub buffers: u32,
    /// Where the first value was last complete and alone, with everything that was added to it up to there.
    pub first: usize,
    /// Where the last opcode ends that made the first value of others.
    made: usize,
    /// From this position on, the skim stops before the first value becomes part of another; if `is_in_tuple`, only
    /// before it becomes the first item of a tuple.
    apart_from: usize,
    is_in_tuple: bool,
    /// The open marks: their positions, and how many values there were.
    marks: Vec<(u32, usize)>,
    /// The memo entry of each value, without its end.
    kept: Vec<Entry>,
    /// The size of the memo before, to test the numbers of PUT opcodes.
    memo: Option<usize>,
}

/// A value without parts, or whose parts are added later; and a tuple, object or result of a call.
const PLAIN: Entry = 0;
const COMPOSITE: Entry = 1 << 63;
/// The bit that a tuple has besides `COMPOSITE`.
const TUPLE: Entry = 1 << 62;

impl Skim {
    /// Skims the values from the start of a range up to its end, or to an opcode that uses values before the range. If
    /// the size of the memo is given, PUT opcodes must have the numbers from that on.
    pub fn of(input: &[u8], range: Range<usize>, memo: Option<usize>) -> Option<Self> {
        let skim = Self { end: range.start, memo, apart_from: usize::MAX, ..Self::default() };
        let skim = skim.run(input, range.end)?;
        skim.marks.is_empty().then_some(skim)
    }

    /// Skims the value that begins at a position and is not a tuple, and those after it.
    pub fn of_item(input: &[u8], start: usize) -> Option<Self> {
        let skim = Self { end: start, is_in_tuple: true, ..Self::default() };
        let skim = skim.run(input, input.len())?;
        skim.marks.is_empty().then_some(skim)
    }

    /// Skims a value that is in the memo, with what is added to it until it becomes part of something else.
    pub fn of_kept(input: &[u8], start: usize, end: usize) -> Option<Self> {
        let skim = Self { end: start, apart_from: end, ..Self::default() };
        skim.run(input, input.len())
    }

    fn run(mut self, input: &[u8], end: usize) -> Option<Self> {
        while self.end < end {
            let op = scan::op(input, self.end).ok()?;
            if !self.step(&op)? {
                break;
            }
            self.end = op.end;
            if self.kept.len() == 1 && self.marks.is_empty() {
                self.first = op.end;
                if makes(op.code) {
                    self.made = op.end;
                }
            }
        }
        self.starts = self.kept.iter().map(|&kept| kept as u32 & !CLASS).collect();
        Some(self)
    }

    /// Returns where the value that begins at `start` ends, unless it is a tuple and `is_tuple` is not set.
    pub fn find(&self, start: usize, is_tuple: bool) -> Option<usize> {
        let number = self.starts.binary_search(&(start as u32)).ok()?;
        let is_found = is_tuple || self.kept.get(number)? & TUPLE == 0;
        is_found.then(|| self.end_of(number))
    }

    /// Returns where a value ends, which is where the next one begins.
    pub fn end_of(&self, number: usize) -> usize {
        self.starts.get(number + 1).map_or(self.end, |&next| next as usize)
    }

    /// Returns the memo entry that the first value would have.
    pub fn entry(&self) -> Entry {
        let kept = self.kept.first().map_or(0, |&kept| kept & !(COMPOSITE | TUPLE));
        (self.made as Entry) << 32 | kept
    }

    /// Runs one opcode; `false` if it needs more values than there are, `None` if it is too rare to be supported.
    fn step(&mut self, op: &Op<'_>) -> Option<bool> {
        let at = self.end as Entry;
        let is_there = match op.code {
            op::FRAME => true,
            op::STOP => false,
            op::PROTO | op::POP | op::POP_MARK | op::DUP => return None,
            op::MARK => {
                self.marks.push((at as u32, self.kept.len()));
                true
            }
            op::MEMOIZE => self.put(None)?,
            op::BINPUT | op::LONG_BINPUT => self.put(Some(op.number))?,
            op::PUT => self.put(Some(text::index(op.bytes)?))?,
            op::BINGET | op::LONG_BINGET => self.get(op.number)?,
            op::GET => self.get(text::index(op.bytes)?)?,
            op::TUPLE1..=op::TUPLE3 => self.join(usize::from(op.code - op::TUPLE1) + 1, COMPOSITE | TUPLE),
            op::NEWOBJ | op::REDUCE => self.join(2, COMPOSITE),
            op::NEWOBJ_EX => self.join(3, COMPOSITE),
            op::BINPERSID => self.join(1, COMPOSITE),
            op::STACK_GLOBAL => self.join(2, CLASS.into()),
            op::BUILD | op::APPEND => self.change(1),
            op::SETITEM => self.change(2),
            op::APPENDS | op::SETITEMS | op::ADDITEMS => match self.marks.pop() {
                Some((_, from)) => {
                    self.kept.truncate(from);
                    self.has(1)
                }
                None => false,
            },
            op::TUPLE | op::FROZENSET | op::OBJ | op::INST => self.joined(COMPOSITE),
            op::LIST | op::DICT => self.joined(PLAIN),
            op::GLOBAL | op::EXT1 | op::EXT2 | op::EXT4 => self.push(at | Entry::from(CLASS)),
            op::NEXT_BUFFER => {
                self.buffers += 1;
                self.push(at)
            }
            op::READONLY_BUFFER => self.has(1),
            _ => self.push(at),
        };
        Some(is_there)
    }

    /// Returns whether there are `count` values after the last mark.
    fn has(&self, count: usize) -> bool {
        self.kept.len() - self.marks.last().map_or(0, |mark| mark.1) >= count
    }

    fn push(&mut self, kept: Entry) -> bool {
        self.kept.push(kept);
        true
    }

    /// Joins the last `count` values into one.
    fn join(&mut self, count: usize, kind: Entry) -> bool {
        if !self.has(count) {
            return false;
        }
        let from = self.kept.len() - count;
        let is_other = !self.is_in_tuple || kind & TUPLE != 0;
        if from == 0 && self.end >= self.apart_from && is_other {
            return false;
        }
        let start = self.kept.get(from).map_or(0, |&kept| kept as u32 & !CLASS);
        self.kept.truncate(from);
        self.push(kind | Entry::from(start))
    }

    /// Joins the values after the last mark into one.
    fn joined(&mut self, kind: Entry) -> bool {
        let Some((start, from)) = self.marks.pop() else { return false };
        self.kept.truncate(from);
        self.push(kind | Entry::from(start))
    }

    /// Adds the last `count` values to the one before them.
    fn change(&mut self, count: usize) -> bool {
        let is_there = self.has(count + 1);
        if is_there {
            self.kept.truncate(self.kept.len() - count);
        }
        is_there
    }

    /// Adds the last value to the memo; `None` if `number` is not that of the next entry.
    fn put(&mut self, number: Option<u64>) -> Option<bool> {
        let end = (self.end as Entry) << 32;
        let Some(&kept) = self.kept.last().filter(|_| self.has(1)) else { return Some(false) };
        if let (Some(memo), Some(number)) = (self.memo, number) {
            (number == (memo + self.puts.len()) as u64).then_some(())?;
        }
        self.puts.push(match kept {
            _ if kept & COMPOSITE != 0 => kept & !(COMPOSITE | TUPLE) | end,
            _ if kept as u32 & CLASS != 0 => kept | end,
            _ => kept,
        });
        Some(true)
    }

    fn get(&mut self, number: u64) -> Option<bool> {
        self.gets.push(usize::try_from(number).ok()?);
        Some(self.push(self.end as Entry))
    }
}

/// Returns whether an opcode makes a tuple, an object or the result of a call.
fn makes(code: u8) -> bool {
    matches!(code, op::TUPLE | op::TUPLE1..=op::TUPLE3 | op::FROZENSET | op::OBJ | op::INST)
        || matches!(code, op::NEWOBJ | op::NEWOBJ_EX | op::REDUCE | op::BINPERSID)
}

//! The stack machine: it runs the opcodes of one pickle, and leaves the parts of the pickle in the arena. Nothing is
//! imported, called or built; calls and instances are kept as they are.
//!
//! It accepts and refuses what CPython's `_pickle` accepts and refuses. The documentation of the module `pickle` lists
//! the differences.

mod objects;

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::vec::Vec;
use core::ops::Range;

use super::arena::{Arena, Id, Tag};
use super::dropped::Dropped;
use super::effects::Effects;
use super::foreign;
use super::limit::{LONGEST, too_many};
use super::memo::Memo;
use super::parts::Parts;
use super::scan::{self, Op};
use super::shares::Shares;
use super::stack::Stack;
use super::strings::Strings;
use crate::error::{Error, ErrorKind, Result};
use crate::image::Copies;
use crate::pickle::opcode as op;
use crate::pickle::options::PickleOptions;

/// Runs the pickle at the start of the input.
pub(super) fn run<'a>(input: &'a [u8], options: &PickleOptions, buffers: u32) -> Result<Parts<'a>> {
    let mut machine = Machine::new(input, options, buffers);
    if input.len() as u64 > options.max_size {
        let expected = format!("a pickle of at most {} bytes", options.max_size);
        return Err(Error::new(ErrorKind::Length, expected, format!("{}", input.len())));
    }
    let root = machine.run().map_err(|error| foreign::explain(input, error))?;
    let Machine { at, dropped, parts, .. } = machine;
    let mut parts = Parts { root, len: at, ..parts };
    parts.effects = Effects::new(&parts, dropped);
    Ok(parts)
}

pub(super) struct Machine<'a> {
    /// The parts that exist so far.
    pub parts: Parts<'a>,
    /// The offset of the opcode that runs, or of the next one.
    at: usize,
    stack: Stack,
    /// The positions of the marks on the stack.
    marks: Vec<u32>,
    /// The last of these positions: nothing below it can be taken.
    fence: usize,
    pub memo: Memo,
    dropped: Dropped,
    most_buffers: u32,
    fix_imports: bool,
    /// The last callable that was examined, and whether it encodes text as bytes.
    codec: Option<(Id, bool)>,
    /// The bytes of texts that were encoded, by the id of the text: a map of the type that the memo has. `Places` would
    /// take more memory than a look into a pickle may.
    latin1: BTreeMap<u64, u32>,
    /// Whether PUT opcodes are ignored, because their parts are in the memo already.
    is_again: bool,
    /// The place in the arena below which nothing can be changed any more.
    settled: u32,
}

impl<'a> Machine<'a> {
    pub fn new(input: &'a [u8], options: &PickleOptions, buffers: u32) -> Self {
        let parts = Parts {
            input,
            arena: Arena::new(input.len()),
            strings: Strings::new(options.strings, options.surrogates),
            shares: Shares::default(),
            effects: Effects::default(),
            root: Id::leaf(0),
            len: input.len(),
            buffers: 0,
            old_names: options.fix_imports,
            extensions: options.extensions,
            shares_all: options.copies == Copies::Share,
        };
        Self {
            parts,
            at: 0,
            stack: Stack::default(),
            marks: Vec::new(),
            fence: 0,
            memo: Memo::default(),
            dropped: Dropped::default(),
            most_buffers: buffers,
            fix_imports: options.fix_imports,
            codec: None,
            latin1: BTreeMap::new(),
            is_again: false,
            settled: 0,
        }
    }

    /// Runs the opcodes of one part alone. What they put in the memo is numbered from its present end on, unless
    /// `is_again`: then the part was run before, and is numbered already. Parts of earlier runs cannot be changed.
    pub fn part(&mut self, range: Range<usize>, is_again: bool) -> Option<Id> {
        self.stack.truncate(0);
        self.marks.clear();
        (self.fence, self.at, self.is_again, self.settled) = (0, range.start, is_again, self.parts.arena.end());
        while self.at < range.end {
            let op = scan::op(self.parts.input, self.at).ok()?;
            self.step(&op).ok()?;
            self.at = op.end;
        }
        let is_alone = self.stack.len() == 1 && self.marks.is_empty() && self.dropped.is_empty();
        self.stack.pop().filter(|_| is_alone).map(Id)
    }

    fn run(&mut self) -> Result<Id> {
        loop {
            let op = scan::op(self.parts.input, self.at)?;
            if self.at > LONGEST {
                return Err(too_many());
            }
            if op.code == op::STOP {
                let root = self.pop()?;
                // What remains on the stack is dropped too.
                self.drop_from(0);
                self.at = op.end;
                return Ok(root);
            }
            self.step(&op).map_err(|error| error.at_byte(self.at))?;
            self.at = op.end;
        }
    }

    fn step(&mut self, op: &Op<'a>) -> Result<()> {
        match op.code {
            op::NONE
            | op::NEWTRUE
            | op::NEWFALSE
            | op::EMPTY_TUPLE
            | op::BININT
            | op::BININT1
            | op::BININT2
            | op::LONG1
            | op::LONG4
            | op::BINFLOAT
            | op::BINBYTES
            | op::SHORT_BINBYTES
            | op::BINBYTES8
            | op::BYTEARRAY8 => self.push_leaf(),
            op::BINUNICODE | op::SHORT_BINUNICODE | op::BINUNICODE8 => {
                match self.parts.strings.take(op.bytes, &mut self.parts.arena)? {
                    Some(id) => self.push(id),
                    None => self.push_leaf(),
                }
            }
            op::MEMOIZE => {
                let number = self.memo.len();
                self.put(number)?;
            }
            op::BINPUT | op::LONG_BINPUT => self.put(op.number)?,
            op::BINGET | op::LONG_BINGET => self.get(op.number)?,
            op::MARK => self.mark(),
            op::TUPLE => {
                let from = self.unmark()?;
                self.collect(Tag::Tuple, from)?;
            }
            op::TUPLE1 => self.last(1).and_then(|from| self.collect(Tag::Tuple, from))?,
            op::TUPLE2 => self.last(2).and_then(|from| self.collect(Tag::Tuple, from))?,
            op::TUPLE3 => self.last(3).and_then(|from| self.collect(Tag::Tuple, from))?,
            op::EMPTY_LIST => self.push_cell(Tag::List)?,
            op::EMPTY_DICT => self.push_cell(Tag::Dict)?,
            op::EMPTY_SET => self.push_cell(Tag::Set)?,
            op::APPEND => self.last(1).and_then(|from| self.add(Tag::List, from))?,
            op::APPENDS => self.unmark().and_then(|from| self.add(Tag::List, from))?,
            op::SETITEM => self.last(2).and_then(|from| self.add(Tag::Dict, from))?,
            op::SETITEMS => self.unmark().and_then(|from| self.add(Tag::Dict, from))?,
            op::ADDITEMS => self.unmark().and_then(|from| self.add(Tag::Set, from))?,
            op::NEWOBJ => self.new_object()?,
            op::BUILD => self.build()?,
            op::REDUCE => self.reduce()?,
            op::GLOBAL => self.global_lines(op)?,
            op::STACK_GLOBAL => self.stack_global()?,
            op::POP => self.discard()?,
            op::DUP => {
                let top = self.top()?;
                self.parts.shares.note(top);
                self.push(top);
            }
            _ => return self.rare(op),
        }
        Ok(())
    }

    /// Runs the opcodes that are rare in modern pickles.
    fn rare(&mut self, op: &Op<'a>) -> Result<()> {
        match op.code {
            op::PROTO if op.number > 5 => {
                return Err(Error::new(ErrorKind::Version, "a protocol of 0 to 5", format!("{}", op.number)));
            }
            op::PROTO => self.parts.old_names = self.fix_imports && op.number < 3,
            op::FRAME => self.frame(op)?,
            op::INT | op::LONG | op::FLOAT => {
                Strings::test_number(op.code, op.bytes)?;
                self.push_leaf();
            }
            op::STRING | op::BINSTRING | op::SHORT_BINSTRING | op::UNICODE => {
                match self.parts.strings.decode(op.code, op.bytes, &mut self.parts.arena)? {
                    Some(id) => self.push(id),
                    None => self.push_leaf(),
                }
            }
            op::PUT => {
                let number = super::text::index(op.bytes).ok_or_else(|| bad_number("PUT", op.bytes))?;
                self.put(number)?;
            }
            op::GET => {
                let number = super::text::index(op.bytes).ok_or_else(|| bad_number("GET", op.bytes))?;
                self.get(number)?;
            }
            op::LIST | op::DICT => self.marked(op.code)?,
            op::FROZENSET => {
                let from = self.unmark()?;
                self.collect(Tag::FrozenSet, from)?;
            }
            op::POP_MARK => {
                let from = self.unmark()?;
                self.drop_from(from);
            }
            op::NEWOBJ_EX => self.new_object_ex()?,
            op::INST | op::OBJ => self.instance(op)?,
            op::PERSID if op.bytes.is_ascii() => self.push_leaf(),
            op::PERSID => return Err(malformed("a persistent id in ASCII", "other bytes")),
            op::BINPERSID => {
                let of = self.pop()?;
                let id = self.parts.arena.fixed(Tag::Persistent, &[of.0])?;
                self.push(id);
            }
            op::EXT1 | op::EXT2 | op::EXT4 if (op.number as i64) <= 0 => {
                return Err(malformed("an extension code above zero", format!("{}", op.number as i64)));
            }
            op::EXT1 | op::EXT2 | op::EXT4 => {
                if !self.parts.extensions.iter().any(|(code, _)| u64::from(*code) == op.number) {
                    let expected = "an extension code whose class is given";
                    return Err(malformed(expected, format!("{}", op.number)));
                }
                self.push_leaf();
            }
            op::NEXT_BUFFER => self.next_buffer()?,
            op::READONLY_BUFFER => self.readonly_buffer()?,
            // Every opcode of the table is handled above.
            other => return Err(malformed("an opcode", format!("{other:#04x}"))),
        }
        Ok(())
    }

    #[inline]
    fn push(&mut self, id: Id) {
        self.stack.push(id.0);
    }

    #[inline]
    fn push_leaf(&mut self) {
        self.push(Id::leaf(self.at));
    }

    fn push_cell(&mut self, tag: Tag) -> Result<()> {
        let id = self.parts.arena.cell(tag)?;
        self.push(id);
        Ok(())
    }

    fn pop(&mut self) -> Result<Id> {
        if self.stack.len() <= self.fence {
            return Err(self.underflow());
        }
        self.stack.pop().map(Id).ok_or_else(|| self.underflow())
    }

    fn top(&self) -> Result<Id> {
        match self.stack.last() {
            Some(top) if self.stack.len() > self.fence => Ok(Id(top)),
            _ => Err(self.underflow()),
        }
    }

    /// Returns where the last `count` parts begin on the stack.
    #[inline]
    fn last(&self, count: usize) -> Result<usize> {
        match self.stack.len().checked_sub(count) {
            Some(from) if from >= self.fence => Ok(from),
            _ => Err(self.underflow()),
        }
    }

    #[cold]
    fn underflow(&self) -> Error {
        let found = if self.marks.is_empty() { "the bottom of the stack" } else { "a mark" };
        malformed("a value on the stack", found).at_byte(self.at)
    }

    fn mark(&mut self) {
        self.fence = self.stack.len();
        let len = self.marks.len();
        if len == self.marks.capacity() {
            self.marks.reserve_exact(len.max(16).min(self.parts.input.len() - self.at + 1));
        }
        // The cast is lossless: the stack has fewer parts than the input has bytes, and these were tested to have 31
        // bits.
        self.marks.push(self.fence as u32);
    }

    /// Removes the last mark, and returns its position on the stack.
    fn unmark(&mut self) -> Result<usize> {
        let mark = self.marks.pop().ok_or_else(|| malformed("a mark on the stack", "none"))?;
        self.fence = self.marks.last().map_or(0, |&mark| mark as usize);
        Ok(mark as usize)
    }

    fn discard(&mut self) -> Result<()> {
        if !self.marks.is_empty() && self.stack.len() == self.fence {
            self.unmark()?;
            return Ok(());
        }
        if self.is_step() {
            let target = self.last(2)?;
            let place = self.stack.get(target).and_then(|id| Id(id).place()).unwrap_or_default();
            self.changeable(place)?;
            return self.parts.arena.change(place, Tag::Step, &mut self.stack, target + 1);
        }
        let id = self.pop()?;
        if !self.is_replaced(id) {
            self.dropped.note(&self.parts.arena, id, self.parts.shares.contains(id));
        }
        Ok(())
    }

    /// Drops everything on the stack from `from` on.
    fn drop_from(&mut self, from: usize) {
        for id in (from..self.stack.len()).filter_map(|at| self.stack.get(at)).map(Id) {
            self.dropped.note(&self.parts.arena, id, self.parts.shares.contains(id));
        }
        self.stack.truncate(from);
    }

    /// Returns whether the next opcode fetches the same object as the one that is dropped.
    fn is_replaced(&mut self, id: Id) -> bool {
        if id.place().is_none() {
            return false;
        }
        let number = match scan::op(self.parts.input, self.at + 1) {
            Ok(next) if matches!(next.code, op::BINGET | op::LONG_BINGET) => Some(next.number),
            Ok(next) if next.code == op::GET => super::text::index(next.bytes),
            _ => None,
        };
        let kept = number.and_then(|number| self.memo.get(number));
        kept.is_some_and(|kept| {
            self.dropped.is_again(self.parts.input, &self.parts.arena, &self.parts.strings, [id, kept])
        })
    }

    /// Returns whether the last part is a call whose first argument is the object below it, as the call of a state
    /// setter is.
    fn is_step(&self) -> bool {
        let Ok(from) = self.last(2) else { return false };
        let place = |at: usize| self.stack.get(at).and_then(|id| Id(id).place());
        let (Some(object), Some(call)) = (place(from), place(from + 1)) else { return false };
        let is_object = matches!(self.parts.arena.tag(object), Tag::New | Tag::NewKeywords | Tag::Call | Tag::Instance);
        if !is_object || self.parts.arena.tag(call) != Tag::Call || call == object {
            return false;
        }
        let arguments = self.parts.arena.part(call, 1).place();
        let arguments =
            arguments.filter(|&place| self.parts.arena.tag(place) == Tag::Tuple && self.parts.arena.count(place) > 0);
        arguments.is_some_and(|place| self.parts.arena.part(place, 0) == Id::node(object))
    }

    #[inline]
    fn put(&mut self, number: u64) -> Result<()> {
        let top = self.top()?;
        if self.is_again {
            return Ok(());
        }
        self.memo.put(number, top, self.parts.input.len() - self.at);
        Ok(())
    }

    #[inline]
    fn get(&mut self, number: u64) -> Result<()> {
        let Some(id) = self.memo.get(number) else {
            return Err(malformed("a number of the memo that was stored before", format!("{number}")));
        };
        self.parts.shares.note(id);
        self.push(id);
        Ok(())
    }

    /// Replaces the parts from `from` to the end of the stack by a node of them.
    #[inline]
    fn collect(&mut self, tag: Tag, from: usize) -> Result<()> {
        let id = self.parts.arena.collect(tag, &mut self.stack, from)?;
        self.push(id);
        Ok(())
    }

    /// Tests that a part was made in this run, and so was not used elsewhere yet.
    #[inline]
    fn changeable(&self, place: u32) -> Result<()> {
        if place >= self.settled { Ok(()) } else { Err(malformed("a part that is made here", "one from the memo")) }
    }

    fn marked(&mut self, code: u8) -> Result<()> {
        let from = self.unmark()?;
        let tag = if code == op::LIST { Tag::List } else { Tag::Dict };
        let items = self.stack.len() - from;
        even(tag, items)?;
        let id = self.parts.arena.cell(tag)?;
        if let (Some(place), true) = (id.place(), items > 0) {
            self.parts.arena.extend(place, tag, &mut self.stack, from)?;
        }
        self.push(id);
        Ok(())
    }

    /// Adds the parts from `from` to the end of the stack to the container before them.
    fn add(&mut self, tag: Tag, from: usize) -> Result<()> {
        let before = from.checked_sub(1).filter(|&at| at >= self.fence);
        let target = before.and_then(|at| self.stack.get(at)).map(Id);
        let target = target.ok_or_else(|| self.underflow())?;
        let items = self.stack.len() - from;
        if items > 0 {
            even(tag, items)?;
            self.changeable(target.place().unwrap_or(u32::MAX))?;
            match target.place().map(|place| (place, self.parts.arena.tag(place))) {
                Some((place, of)) if of == tag => self.parts.arena.extend(place, tag, &mut self.stack, from)?,
                Some((place, Tag::New | Tag::NewKeywords | Tag::Call | Tag::Instance)) => {
                    self.parts.arena.change(place, tag, &mut self.stack, from)?;
                }
                _ => return Err(malformed(container(tag), self.name(target))),
            }
        }
        Ok(())
    }
}

fn even(tag: Tag, items: usize) -> Result<()> {
    match tag == Tag::Dict && items % 2 != 0 {
        true => Err(malformed("keys and values by turns", format!("{items} items"))),
        false => Ok(()),
    }
}

fn container(tag: Tag) -> &'static str {
    match tag {
        Tag::Dict => "something that takes items by key",
        Tag::Set => "something that takes items as a set does",
        _ => "something that takes items as a list does",
    }
}

#[cold]
fn bad_number(opcode: &str, line: &[u8]) -> Error {
    let found = alloc::string::String::from_utf8_lossy(line.get(..40).unwrap_or(line)).into_owned();
    malformed(format!("a number after {opcode}"), format!("{found:?}"))
}

#[cold]
fn malformed(
    expected: impl Into<alloc::borrow::Cow<'static, str>>,
    found: impl Into<alloc::borrow::Cow<'static, str>>,
) -> Error {
    Error::new(ErrorKind::Malformed, expected, found)
}

//! The quick way to read rows of numbers and short text, as most lists of objects are.
//!
//! The loop keeps its places in registers, looks at blocks of fixed size and writes into space that was made for many rows
//! at once. Where a row holds anything else, nothing of it counts, and the plain way takes over.

use super::chunk::{Chunk, Places, narrow, write};
use super::fields::{Field, Trace};
use super::group::closes;
use super::row::{NOWHERE, Op, Steps};
use super::{Class, Direct};
use crate::pickle::opcode::{BUILD, MARK, NONE};

/// The rows for which space is made at once, at first and at most.
const FEW: usize = 4;
const MANY: usize = 64;

/// The bytes for which space is made with each text.
const TEXT: usize = 32;

impl Direct<'_> {
    /// Reads items of the row that has this number, up to what adds them, or the first that needs the plain way; how many.
    pub(super) fn quick(&mut self, row: usize, add: u8) -> usize {
        let Self { rows, classes, input, at, memo, stack, heads: tail, text, copies, parts, .. } = self;
        let Some(row) = rows.get(row).filter(|row| !row.steps.ops.is_empty()) else { return 0 };
        if !find_classes(&row.steps, classes) || *parts == 0 && row.tail > 0 {
            return 0;
        }
        let size = row.steps.size;
        let (mut total, mut many) = (0, FEW);
        loop {
            let heads = stack.len();
            let places = Places { at: *at, put: memo.len(), wrote: text.len(), filled: tail.len(), copies: *copies };
            stack.resize(heads + many * size, 0);
            memo.resize(places.put + many * row.puts, NOWHERE);
            text.resize(places.wrote + many * row.texts * TEXT, 0);
            tail.resize(places.filled + many * row.tail, 0);
            let chunk = Chunk { input, memo, text, tail, now: places };
            let (done, end) = chunk.items(&row.steps, &mut stack[heads..], add);
            (*at, *copies) = (end.at, end.copies);
            stack.truncate(heads + done * size);
            memo.truncate(end.put);
            text.truncate(end.wrote);
            tail.truncate(end.filled);
            total += done;
            if done < many {
                // No space for the text of a row may be all that was missing.
                if done < FEW {
                    return total;
                }
                many = FEW;
            } else {
                many = MANY.min(many * 4);
            }
        }
    }
}

/// Sees to it that the classes of a row are known, which those that were read in the plain way are.
fn find_classes(steps: &Steps, classes: &[Class]) -> bool {
    steps.ops.iter().all(|op| match op {
        Op::Object { class, seen } if seen.get() == NOWHERE => {
            let known = classes.iter().rfind(|known| known.0 == *class);
            seen.set(known.map_or(NOWHERE, |known| known.1));
            known.is_some()
        }
        Op::Group { items, .. } => find_classes(items, classes),
        _ => true,
    })
}

impl Chunk<'_> {
    /// Reads what goes into these heads, up to what adds it: how many, and how far they reach.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn items(mut self, steps: &Steps, heads: &mut [u8], add: u8) -> (usize, Places) {
        let (mut done, mut rest) = (0, heads);
        loop {
            if let Some(fields) = steps.fields.try_borrow().ok().filter(|fields| fields.are_known(self.now.put)) {
                let (count, now) = self.again().run((&fields.list, steps), rest, add);
                fields.hit(count);
                (done, self.now) = (done + count, now);
                rest = rest.get_mut(count * steps.size..).unwrap_or_default();
            }
            if rest.is_empty() || self.input.get(self.now.at) == Some(&add) {
                break;
            }
            let (count, now) = self.again().learn(steps, rest);
            (done, self.now) = (done + count, now);
            rest = rest.get_mut(count * steps.size..).unwrap_or_default();
            if count == 0 {
                break;
            }
        }
        (done, self.now)
    }

    /// As [`items`](Self::items), up to the first that is not as the fields are.
    #[inline(never)]
    fn run(self, (fields, steps): (&[Field], &Steps), heads: &mut [u8], add: u8) -> (usize, Places) {
        // What is made here, and nothing else points to, can stay in registers.
        let mut this = Chunk { input: self.input, memo: self.memo, text: self.text, tail: self.tail, now: self.now };
        let (mut done, mut end) = (0, this.now);
        for head in heads.chunks_exact_mut(steps.size) {
            if this.input.get(this.now.at) == Some(&add) {
                break;
            }
            if this.fields(fields, &steps.ops, head).is_none() {
                this.again().undo(end.put, head);
                break;
            }
            (done, end) = (done + 1, this.now);
        }
        (done, end)
    }

    /// Reads a group, whose items' heads go to the tail; how far it reaches.
    #[inline(never)]
    pub(super) fn group(self, group: &Op, head: &mut [u8]) -> Option<Places> {
        let Op::Group { at, codes, items } = group else { return None };
        let Chunk { input, memo, text, tail, now } = self;
        let mut this = Chunk { input, memo, text, tail: &mut [], now };
        let heads = tail.get_mut(now.filled..)?;
        this.code(codes.empty)?;
        this.put(NOWHERE)?;
        let code = *input.get(this.now.at)?;
        let count = if code == MARK {
            this.now.at += 1;
            let (count, now) = this.again().items(items, heads, codes.add);
            this.now = now;
            this.code(codes.add)?;
            // Writers of pickles set no mark for no items.
            if count == 0 {
                return None;
            }
            count
        } else if let Some(add) = codes.add_one.filter(|_| !closes(code)) {
            // A single item, or what follows a group without items.
            let (start, head) = (this.now, heads.get_mut(..items.size)?);
            let (count, now) = this.again().items(items, head, add);
            this.now = now;
            if count == 0 || this.code(add).is_none() {
                this.again().undo(start.put, head);
                this.now = start;
                0
            } else {
                1
            }
        } else {
            0
        };
        this.now.filled += count * items.size;
        write(head, *at, u32::try_from(count).ok()?.to_le_bytes())?;
        Some(this.now)
    }

    /// Clears what was written in vain: a head, and what went to the memo from the place `put` on.
    #[inline(never)]
    fn undo(self, put: usize, head: &mut [u8]) {
        head.fill(0);
        if let Some(memo) = self.memo.get_mut(put..) {
            memo.fill(NOWHERE);
        }
    }

    /// As [`items`](Self::items), by the operations: one row, of which the fields are found out, or all where they are of no
    /// use.
    #[inline(never)]
    fn learn(self, steps: &Steps, heads: &mut [u8]) -> (usize, Places) {
        let mut this = Chunk { input: self.input, memo: self.memo, text: self.text, tail: self.tail, now: self.now };
        let (mut done, mut end) = (0, this.now);
        let Ok(mut trace) = steps.fields.try_borrow_mut().map(|mut fields| fields.trace()) else { return (0, end) };
        for head in heads.chunks_exact_mut(steps.size) {
            if this.row(&steps.ops, head, &mut trace).is_none() {
                break;
            }
            (done, end) = (done + 1, this.now);
            if let Some(trace) = &mut trace {
                trace.push(end);
                if let Ok(mut fields) = steps.fields.try_borrow_mut() {
                    fields.learn(&steps.ops, trace, this.input);
                }
                break;
            }
        }
        (done, end)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn row(&mut self, ops: &[Op], head: &mut [u8], trace: &mut Option<Trace>) -> Option<()> {
        let mut rest = ops.iter();
        while let Some(op) = rest.next() {
            if let Some(trace) = trace {
                trace.push(self.now);
            }
            match op {
                Op::I32 { at } => write(head, *at, i32::try_from(self.int()?).ok()?.to_le_bytes())?,
                Op::I64 { at } => write(head, *at, self.int()?.to_le_bytes())?,
                Op::Text { at } => self.text(head, *at)?,
                Op::Double { at } => write(head, *at, self.float()?.to_le_bytes())?,
                Op::Object { seen, .. } => self.object(seen.get())?,
                Op::Build(code) => {
                    self.put_code(*code)?;
                    self.code(BUILD)?;
                }
                Op::Put(code) => self.put_code(*code)?,
                Op::Group { .. } => self.now = self.again().group(op, head)?,
                Op::Code(code) => self.code(*code)?,
                Op::Name { name, seen } => seen.set(self.name(name, seen.get())?),
                Op::Optional { at, skip } => {
                    if *self.input.get(self.now.at)? == NONE {
                        self.now.at += 1;
                        rest = rest.as_slice().get(*skip as usize..)?.iter();
                    } else {
                        write(head, *at, [1])?;
                    }
                }
                Op::Float { at } => write(head, *at, narrow(self.float()?)?.to_le_bytes())?,
                Op::Bool { at } => write(head, *at, [self.bool()?])?,
                Op::I8 { at } => write(head, *at, i8::try_from(self.int()?).ok()?.to_le_bytes())?,
                Op::I16 { at } => write(head, *at, i16::try_from(self.int()?).ok()?.to_le_bytes())?,
                Op::U8 { at } => write(head, *at, u8::try_from(self.int()?).ok()?.to_le_bytes())?,
                Op::U16 { at } => write(head, *at, u16::try_from(self.int()?).ok()?.to_le_bytes())?,
                Op::U32 { at } => write(head, *at, u32::try_from(self.int()?).ok()?.to_le_bytes())?,
                Op::U64 { at } => write(head, *at, u64::try_from(self.int()?).ok()?.to_le_bytes())?,
            }
        }
        Some(())
    }
}

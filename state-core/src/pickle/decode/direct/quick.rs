//! The quick way to read rows of numbers and short text, as most lists of objects are.
//!
//! The loop keeps its places in registers, looks at blocks of fixed size and writes into space that was made for many rows
//! at once. Where a row holds anything else, nothing of it counts, and the plain way takes over.

use core::mem::size_of;

use super::row::{NOWHERE, Op, Row};
use super::{Class, Direct};
use crate::pickle::opcode::{
    BINFLOAT, BINGET, BININT, BININT1, BININT2, BINPUT, BINUNICODE, BUILD, EMPTY_TUPLE, FRAME, LONG_BINGET,
    LONG_BINPUT, LONG1, MEMOIZE, NEWFALSE, NEWOBJ, NEWTRUE, NONE, SHORT_BINUNICODE,
};

/// What is looked at at once, and the blocks in which text is copied.
const BLOCK: usize = 16;

/// The rows for which space is made at once, at first and at most.
const FEW: usize = 4;
const MANY: usize = 64;

/// The bytes for which space is made with each text.
const TEXT: usize = 32;

impl Direct<'_> {
    /// Reads items of the row that has this number, up to the first that needs the plain way; how many.
    pub(super) fn quick(&mut self, row: usize) -> usize {
        let Self { rows, classes, input, at, memo, stack, text, copies, .. } = self;
        let Some(row) = rows.get(row).filter(|row| !row.ops.is_empty() && find_classes(row, classes)) else { return 0 };
        let (mut total, mut many) = (0, FEW);
        loop {
            let (heads, put, wrote) = (stack.len(), memo.len(), text.len());
            stack.resize(heads + many * row.size, 0);
            memo.resize(put + many * row.ops.len(), NOWHERE);
            text.resize(wrote + many * row.texts * TEXT, 0);
            let places = Places { at: *at, put, wrote, copies: *copies };
            let mut chunk = Chunk { input, memo, text, now: places };
            let (done, end) = chunk.rows(row, &mut stack[heads..]);
            (*at, *copies) = (end.at, end.copies);
            stack.truncate(heads + done * row.size);
            memo.truncate(end.put);
            text.truncate(end.wrote);
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
fn find_classes(row: &Row, classes: &[Class]) -> bool {
    row.ops.iter().all(|op| match op {
        Op::Object { class, seen } if seen.get() == NOWHERE => {
            let known = classes.iter().rfind(|known| known.0 == *class);
            seen.set(known.map_or(NOWHERE, |known| known.1));
            known.is_some()
        }
        _ => true,
    })
}

/// How far reading has come.
#[derive(Clone, Copy)]
struct Places {
    at: usize,
    put: usize,
    wrote: usize,
    copies: usize,
}

/// Space for some rows.
struct Chunk<'a> {
    input: &'a [u8],
    memo: &'a mut [u32],
    text: &'a mut [u8],
    now: Places,
}

impl Chunk<'_> {
    /// Reads rows into these heads; how many, and how far they reach.
    fn rows(&mut self, row: &Row, heads: &mut [u8]) -> (usize, Places) {
        // A copy, which nothing else points to, so that it can stay in registers.
        let mut this = Chunk { input: self.input, memo: self.memo, text: self.text, now: self.now };
        let (mut done, mut end) = (0, this.now);
        for head in heads.chunks_exact_mut(row.size) {
            if this.row(&row.ops, head).is_none() {
                break;
            }
            done += 1;
            end = this.now;
        }
        (done, end)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn row(&mut self, ops: &[Op], head: &mut [u8]) -> Option<()> {
        let mut next = 0;
        while let Some(op) = ops.get(next) {
            next += 1;
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
                Op::Code(code) => self.code(*code)?,
                Op::Name { name, seen } => seen.set(self.name(name, seen.get())?),
                Op::Optional { at, skip } => {
                    if *self.input.get(self.now.at)? == NONE {
                        self.now.at += 1;
                        next += *skip as usize;
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

    /// The next bytes, of which the first count.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn block(&self) -> Option<&[u8; BLOCK]> {
        self.input.get(self.now.at..)?.first_chunk()
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn code(&mut self, code: u8) -> Option<()> {
        let is = *self.input.get(self.now.at)? == code;
        self.now.at += 1;
        is.then_some(())
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn put_code(&mut self, code: u8) -> Option<()> {
        self.code(code)?;
        self.put(NOWHERE)
    }

    /// What puts into the memo what stands at `start`, if anything does.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn put(&mut self, start: u32) -> Option<()> {
        match *self.input.get(self.now.at)? {
            MEMOIZE => self.now.at += 1,
            BINPUT | LONG_BINPUT => self.put_numbered()?,
            // What puts it may stand behind the frame's beginning.
            FRAME => return None,
            _ => return Some(()),
        }
        *self.memo.get_mut(self.now.put)? = start;
        self.now.put += 1;
        Some(())
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn put_numbered(&mut self) -> Option<()> {
        let (number, len) = counted(self.block()?, BINPUT);
        self.now.at += len;
        (number as usize == self.now.put).then_some(())
    }

    /// Where the opcode stands of what is got from the memo next.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn get(&mut self, block: [u8; BLOCK]) -> Option<u32> {
        if !matches!(block[0], BINGET | LONG_BINGET) {
            return None;
        }
        let (number, len) = counted(&block, BINGET);
        self.now.at += len;
        // The space behind what was put holds the position that no opcode has.
        self.memo.get(number as usize).copied()
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn object(&mut self, seen: u32) -> Option<()> {
        let class = self.get(*self.block()?)?;
        if class != seen || self.block()?[..2] != [EMPTY_TUPLE, NEWOBJ] {
            return None;
        }
        self.now.at += 2;
        self.put(NOWHERE)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn int(&mut self) -> Option<i64> {
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
    fn float(&mut self) -> Option<f64> {
        let block = *self.block()?;
        self.now.at += 1 + size_of::<f64>();
        (block[0] == BINFLOAT).then(|| f64::from_be_bytes(part(&block, 1)))
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn bool(&mut self) -> Option<u8> {
        let code = *self.input.get(self.now.at)?;
        self.now.at += 1;
        match code {
            NEWTRUE => Some(1),
            NEWFALSE => Some(0),
            _ => None,
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn text(&mut self, head: &mut [u8], at: u32) -> Option<()> {
        let block = *self.block()?;
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
    fn text_again(&mut self, block: [u8; BLOCK]) -> Option<(usize, usize)> {
        let start = self.get(block)? as usize;
        let (before, len) = text_of(self.input.get(start..)?.first_chunk()?)?;
        self.now.copies = self.now.copies.checked_sub(len)?;
        Some((start + before, len))
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn copy(&mut self, head: &mut [u8], at: u32, (from, len): (usize, usize)) -> Option<()> {
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
    fn name(&mut self, name: &str, seen: u32) -> Option<u32> {
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
fn part<const N: usize>(block: &[u8; BLOCK], at: usize) -> [u8; N] {
    let mut bytes = [0; N];
    bytes.copy_from_slice(&block[at..at + N]);
    bytes
}

fn narrow(value: f64) -> Option<f32> {
    let narrow = value as f32;
    (narrow.is_finite() || !value.is_finite()).then_some(narrow)
}

#[cfg_attr(not(debug_assertions), inline(always))]
fn write<const N: usize>(head: &mut [u8], at: u32, bytes: [u8; N]) -> Option<()> {
    *head.get_mut(at as usize..)?.first_chunk_mut()? = bytes;
    Some(())
}

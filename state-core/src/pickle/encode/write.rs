//! Writes an image as a pickle, by the plan of its type.

use alloc::vec::Vec;

use super::array::Array;
use super::code::Code;
use super::global::{Global, Known};
use super::group::{BATCH, Batches, Group};
use super::numbered::Objects;
use super::plan::{Plan, Sorted, Step, Width, Word};
use super::quick::{self, Quick};
use super::raws::LARGE;
use super::rest::{Rest, disagreement, part, part_of};
use super::sink::Sink;
use super::skip::Skip;
use super::value::Values;
use crate::error::Result;
use crate::pickle::opcode::REDUCE;
use crate::protocol::decode::read_length;
use crate::protocol::float::widen;
use crate::protocol::layout::{grid_count, option_is_inline};
use crate::value::{Order, serde_value};
use crate::walk::Wrap;

pub(super) struct Write<'p, 'i, 'l, 's, 'b> {
    pub(super) plan: &'p Plan,
    pub(super) rest: Rest<'i, 'l>,
    /// The code that fetches each word, once it is in the memo.
    words: Vec<Code>,
    quick: Vec<Quick>,
    pub(super) sink: &'s mut Sink<'b>,
    buffers: Option<&'s mut Vec<&'i [u8]>>,
    pub(super) objects: Objects<'i, 'l>,
}

impl<'p, 'i, 'l, 's, 'b> Write<'p, 'i, 'l, 's, 'b> {
    pub fn new(
        plan: &'p Plan,
        (head, rest): (&'i [u8], Rest<'i, 'l>),
        sink: &'s mut Sink<'b>,
        buffers: Option<&'s mut Vec<&'i [u8]>>,
    ) -> Self {
        let words = alloc::vec![Code::EMPTY; plan.words.len()];
        let quick = (0..plan.rows.len()).map(|row| Quick::new(&plan.rows, row, sink.protocol)).collect();
        Self { plan, rest, words, quick, sink, buffers, objects: Objects::new(head, rest) }
    }

    /// Writes the root.
    ///
    /// # Errors
    /// As [`row`](Self::row).
    pub fn root(&mut self) -> Result<()> {
        let head = self.objects.root_head();
        self.row(0, head)
    }

    /// Writes a value.
    ///
    /// # Errors
    /// If the protocol cannot represent the value, or the pickle exceeds its limit.
    pub fn row(&mut self, row: usize, head: &'i [u8]) -> Result<()> {
        for step in &self.plan.rows[row].steps {
            self.step(*step, head)?;
        }
        Ok(())
    }

    // In unoptimised builds, the stack frame of a function has the locals of all its arms. So each arm has a function
    // of its own, and those that lead to further rows are separate from the others.

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn step(&mut self, step: Step, head: &'i [u8]) -> Result<()> {
        match step {
            Step::Code(code) => self.sink.code(&code),
            Step::Word(word) => return self.word(word),
            Step::Text { at } => return self.text_at(head, at),
            Step::Int { at, width } => return self.int(head, at, width),
            Step::Double { at } => return self.double(head, at),
            Step::Float { at } => return self.float(head, at),
            Step::Bool { at } => return self.bool(head, at),
            other => return self.onward(other, head),
        }
        Ok(())
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn word(&mut self, word: usize) -> Result<()> {
        let code = self.words[word];
        if code.is_empty() {
            return self.first_word(word);
        }
        self.sink.code(&code);
        Ok(())
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn text_at(&mut self, head: &[u8], at: usize) -> Result<()> {
        let len = self.length(part::<4>(head, at)?)?;
        let text = self.rest.text;
        if len > text.len() {
            return Err(disagreement());
        }
        self.text(text, len)?;
        self.rest.text = &text[len..];
        Ok(())
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn double(&mut self, head: &[u8], at: usize) -> Result<()> {
        self.sink.float(f64::from_le_bytes(*part(head, at)?));
        Ok(())
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn float(&mut self, head: &[u8], at: usize) -> Result<()> {
        self.sink.float(widen(f32::from_le_bytes(*part(head, at)?)));
        Ok(())
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn bool(&mut self, head: &[u8], at: usize) -> Result<()> {
        self.sink.bool(*part::<1>(head, at)? == [1]);
        Ok(())
    }

    /// Runs the steps that lead to other rows.
    fn onward(&mut self, step: Step, head: &'i [u8]) -> Result<()> {
        match step {
            Step::Optional { at, row, wrap } => self.optional(head, at, row, wrap),
            Step::Group { at, row, group } => self.group(head, at, row, group),
            Step::Fixed { at, row, count } => self.fixed(head, at, row, count),
            Step::Boxed { row } => self.boxed(row),
            Step::Enum { at, variants } => self.variant(head, at, variants),
            Step::Open { at, set } => {
                let (row, place) = self.rest.open_member(self.plan, set, (head, at))?;
                self.row(row, place)
            }
            Step::Sorted { sorted } => self.sorted(head, sorted),
            Step::Shared { at, pointer, joins } => self.shared(head, at, (pointer, joins)),
            Step::Kept { at, row } => self.kept(head, at, row),
            Step::KeptGroup { at, row, group } => self.kept_group(head, at, (row, group)),
            Step::KeptFixed { at, row, count } => self.kept_fixed(head, at, (row, count)),
            other => self.rare(other, head),
        }
    }

    fn fixed(&mut self, head: &'i [u8], at: usize, row: usize, count: usize) -> Result<()> {
        let heads = part_of(head, at, self.plan.rows[row].head * count)?;
        self.items(Group::List, row, count, heads)
    }

    fn boxed(&mut self, row: usize) -> Result<()> {
        let size = self.plan.rows[row].head;
        let run = self.rest.run(1, size)?;
        self.row(row, &run[..size])
    }

    /// Runs the steps that cost more than selecting them.
    fn rare(&mut self, step: Step, head: &'i [u8]) -> Result<()> {
        match step {
            Step::Known(known) => self.sink.known(known)?,
            Step::Constant(value) => self.sink.int(value),
            Step::Char { at } => {
                let letter = char::from_u32(u32::from_le_bytes(*part(head, at)?)).ok_or_else(disagreement)?;
                self.sink.str(letter.encode_utf8(&mut [0; 4]))?;
            }
            Step::Bytes { at } => {
                let len = self.length(part::<4>(head, at)?)?;
                let bytes = self.rest.bytes(len)?;
                self.sink.bytes(bytes)?;
            }
            Step::Serde { at } => {
                let len = self.length(part::<4>(head, at)?)?;
                let value = serde_value(self.rest.bytes(len)?);
                Values::new(self.sink).write(&value)?;
            }
            Step::FixedBytes { at, len } => self.sink.bytes(head.get(at..at + len).ok_or_else(disagreement)?)?,
            Step::Raw { at, array } => self.raw(head, at, &self.plan.arrays[array])?,
            Step::Grid { at, array } => {
                let shape = self.rest.shape(head, at)?;
                self.array(&self.plan.arrays[array], shape)?;
            }
            Step::Standard { at, part } => self.standard(head, at, part)?,
            Step::Weak { at, pointer } => self.weak(head, at, pointer)?,
            Step::Made { row } => self.made(row)?,
            Step::Member { word } => self.member(word)?,
            // The other steps were handled before.
            _ => return Err(disagreement()),
        }
        Ok(())
    }

    /// Writes a word and puts it in the memo.
    #[cold]
    fn first_word(&mut self, word: usize) -> Result<()> {
        match &self.plan.words[word] {
            Word::Global { module, name } => self.sink.global(Global { module, name })?,
            Word::Text(text) => self.sink.str(text)?,
            Word::Member { class, name } => self.member_of(*class, name)?,
        }
        self.words[word] = self.sink.memoize();
        Ok(())
    }

    /// Writes a member of an enum, by the word of its class.
    pub(super) fn member_of(&mut self, class: usize, name: &str) -> Result<()> {
        self.sink.known(Known::Getattr)?;
        self.sink.open_tuple(2);
        self.step(Step::Word(class), &[])?;
        self.sink.str(name)?;
        self.sink.close_tuple(2);
        self.sink.put([REDUCE]);
        Ok(())
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn text(&mut self, text: &[u8], len: usize) -> Result<()> {
        if self.sink.is_text() {
            let text = core::str::from_utf8(&text[..len]).map_err(|_| disagreement())?;
            return self.sink.str(text);
        }
        self.sink.utf8(text, len)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn int(&mut self, head: &[u8], at: usize, width: Width) -> Result<()> {
        let small = match width {
            Width::I32 => i32::from_le_bytes(*part(head, at)?).into(),
            Width::I64 => i64::from_le_bytes(*part(head, at)?),
            Width::U8 => u8::from_le_bytes(*part(head, at)?).into(),
            Width::U16 => u16::from_le_bytes(*part(head, at)?).into(),
            Width::U32 => u32::from_le_bytes(*part(head, at)?).into(),
            Width::I8 => i8::from_le_bytes(*part(head, at)?).into(),
            Width::I16 => i16::from_le_bytes(*part(head, at)?).into(),
            Width::U64 => match i64::try_from(u64::from_le_bytes(*part(head, at)?)) {
                Ok(small) => small,
                Err(_) => return self.large_int(head, at, width),
            },
            Width::I128 | Width::U128 => return self.large_int(head, at, width),
        };
        self.sink.int(small);
        Ok(())
    }

    #[cold]
    fn large_int(&mut self, head: &[u8], at: usize, width: Width) -> Result<()> {
        match width {
            Width::U128 => self.sink.unsigned_long(u128::from_le_bytes(*part(head, at)?)),
            Width::I128 => self.sink.long(i128::from_le_bytes(*part(head, at)?)),
            _ => self.sink.long(u64::from_le_bytes(*part(head, at)?).into()),
        }
        Ok(())
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn length(&mut self, head: &[u8; 4]) -> Result<usize> {
        read_length(head, &mut self.rest.tail).ok_or_else(disagreement)
    }

    fn optional(&mut self, head: &'i [u8], at: usize, row: usize, wrap: Wrap) -> Result<()> {
        if *part::<1>(head, at)? == [0] {
            self.sink.none();
            return Ok(());
        }
        let place = self.behind(head, at + 1, row, option_is_inline(self.plan.rows[row].head))?;
        let wrapped = match wrap {
            Wrap::Never => false,
            Wrap::Gone => place.first() == Some(&0),
            Wrap::Always => true,
        };
        if wrapped {
            self.sink.open_tuple(1);
        }
        self.row(row, place)?;
        if wrapped {
            self.sink.close_tuple(1);
        }
        Ok(())
    }

    /// Returns the head of a part, which is at `at` or in the tail.
    fn behind(&mut self, head: &'i [u8], at: usize, row: usize, inline: bool) -> Result<&'i [u8]> {
        let size = self.plan.rows[row].head;
        match inline {
            true => head.get(at..at + size).ok_or_else(disagreement),
            false => self.rest.run(1, size),
        }
    }

    fn group(&mut self, head: &'i [u8], at: usize, row: usize, group: Group) -> Result<()> {
        let (count, run) = self.heads(head, at, row)?;
        self.items(group, row, count, run)
    }

    /// Reads the number of a group's items, and their heads.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn heads(&mut self, head: &'i [u8], at: usize, row: usize) -> Result<(usize, &'i [u8])> {
        let count = self.length(part::<4>(head, at)?)?;
        let run = self.rest.run(count, self.plan.rows[row].head)?;
        Ok((count, run))
    }

    /// Writes the items of a group, whose heads are a run. Items with an empty head have one byte in the run, or none.
    fn items(&mut self, group: Group, row: usize, count: usize, run: &'i [u8]) -> Result<()> {
        let batches = self.sink.open_group(group, count)?;
        self.fill(batches, row, count, run)?;
        self.sink.close_group(group);
        Ok(())
    }

    /// Writes the items of a group that is already open.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn fill(&mut self, batches: Batches, row: usize, count: usize, run: &'i [u8]) -> Result<()> {
        let size = self.plan.rows[row].head;
        let mut index = 0;
        while index < count {
            let end = count.min(index + BATCH);
            self.sink.code(&batches.open);
            while index < end {
                index += self.quick_rows(row, part_of(run, index * size, (end - index) * size)?);
                if index < end {
                    self.row(row, part_of(run, index * size, size)?)?;
                    self.sink.code(&batches.each);
                    index += 1;
                }
            }
            self.sink.code(&batches.close);
            self.sink.between()?;
        }
        Ok(())
    }

    /// Writes rows by the fast path, up to the first that needs the general one, and returns how many.
    fn quick_rows(&mut self, row: usize, heads: &'i [u8]) -> usize {
        let quick = &mut self.quick[row];
        if matches!(quick, Quick::Not) || !quick.resolve(&self.plan.rows, row, &self.words) {
            return 0;
        }
        let mut rest = quick::Rest { text: self.rest.text, tail: self.rest.tail };
        let (rows, used) = quick.rows((self.plan.rows[row].head, heads), &mut rest, self.sink.space());
        (self.rest.text, self.rest.tail) = (rest.text, rest.tail);
        self.sink.advance(used);
        rows
    }

    fn variant(&mut self, head: &'i [u8], at: usize, variants: usize) -> Result<()> {
        let (row, inline, at) = self.plan.enums[variants].of(head, at)?;
        let place = self.behind(head, at, row, inline)?;
        self.row(row, place)
    }

    fn raw(&mut self, head: &'i [u8], at: usize, array: &'p Array) -> Result<()> {
        let present = !array.optional || *part::<1>(head, at)? == [1];
        let count = u64::from_le_bytes(*part(head, at + usize::from(array.optional))?);
        if !present {
            self.sink.none();
            return Ok(());
        }
        self.array(array, alloc::vec![usize::try_from(count).map_err(|_| disagreement())?])
    }

    fn array(&mut self, array: &'p Array, mut shape: Vec<usize>) -> Result<()> {
        let len = grid_count(&shape, array.size).and_then(|count| count.checked_mul(array.size));
        let raw = len.and_then(|len| self.rest.raws.take(len)).ok_or_else(disagreement)?;
        let leaves = raw.len() >= LARGE && self.buffers.is_some();
        if let Some(buffers) = self.buffers.as_mut().filter(|_| leaves) {
            buffers.push(raw);
        }
        match &array.elements {
            None if leaves => self.sink.out_of_band(true),
            None => self.sink.bytes(raw)?,
            Some((dtype, inner)) => {
                shape.extend_from_slice(inner);
                self.sink.ndarray(&shape, dtype, Order::C, |sink| {
                    if leaves {
                        sink.out_of_band(false);
                        return Ok(());
                    }
                    sink.bytearray(raw)
                })?;
            }
        }
        Ok(())
    }

    /// Returns where each slot's part of the regions begins.
    fn starts(&mut self, head: &'i [u8], sorted: &Sorted) -> Result<Vec<Rest<'i, 'l>>> {
        let plan = self.plan;
        let mut starts = Vec::with_capacity(sorted.slots.len());
        for &(row, at) in &sorted.slots {
            starts.push(self.rest);
            self.rest.skip(&mut Skip::new(plan), row, part_of(head, at, plan.rows[row].head)?)?;
        }
        Ok(starts)
    }

    /// Writes slots in another order than that of the image: skips all of them to find where each one's part of the
    /// regions begins, then writes one after the other.
    fn sorted(&mut self, head: &'i [u8], sorted: usize) -> Result<()> {
        let sorted = &self.plan.sorted[sorted];
        let starts = self.starts(head, sorted)?;
        let end = self.rest;
        for &slot in &sorted.order {
            let (row, at) = sorted.slots[slot];
            self.rest = starts[slot];
            self.row(row, part_of(head, at, self.plan.rows[row].head)?)?;
        }
        self.rest = end;
        Ok(())
    }
}

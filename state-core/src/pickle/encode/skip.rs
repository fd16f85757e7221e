//! Skips a value without writing it, to find how much of each region of the image it occupies.

use super::numbered::{Start, Starts};
use super::plan::{Part, Plan, Step};
use super::rest::{Rest, disagreement, part, part_of};
use crate::error::Result;
use crate::protocol::layout::{grid_count, option_is_inline, stride};
use crate::sharing::{RECORD, Record};

/// What is skipped, and what is noted meanwhile.
pub(super) struct Skip<'p, 'i, 'l> {
    plan: &'p Plan,
    /// The places of numbered objects, if they are wanted.
    pub starts: Option<Starts<'i, 'l>>,
    /// The depth of rows here, and the greatest depth, without those in values that are made early.
    rows: usize,
    deepest: usize,
    /// Whether this is in a value that is made early.
    is_early: bool,
}

impl<'p> Skip<'p, '_, '_> {
    pub const fn new(plan: &'p Plan) -> Self {
        Self { plan, starts: None, rows: 0, deepest: 0, is_early: false }
    }

    pub fn noting(plan: &'p Plan) -> Self {
        Self { starts: Some(Starts::default()), ..Self::new(plan) }
    }

    /// Returns the greatest depth of rows, without those in values that Python makes before their parts.
    pub const fn deepest(&self) -> usize {
        self.deepest
    }
}

impl<'i, 'l> Rest<'i, 'l> {
    pub fn skip(&mut self, over: &mut Skip<'_, 'i, 'l>, row: usize, head: &'i [u8]) -> Result<()> {
        let plan = over.plan;
        over.rows += 1;
        if !over.is_early {
            over.deepest = over.deepest.max(over.rows);
        }
        for step in &plan.rows[row].steps {
            match *step {
                Step::Optional { at, row, .. } => self.skip_optional(over, row, (head, at))?,
                Step::Group { at, row, .. } | Step::KeptGroup { at, row, .. } => {
                    self.skip_group(over, row, (head, at))?;
                }
                Step::Fixed { at, row, count } | Step::KeptFixed { at, row, count } => {
                    self.skip_fixed(over, row, (head, at), count)?;
                }
                Step::Boxed { row } => self.skip_boxed(over, row)?,
                Step::Enum { at, variants } => self.skip_variant(over, variants, (head, at))?,
                Step::Sorted { sorted } => self.skip_sorted(over, sorted, head)?,
                Step::Shared { at, pointer, .. } => self.skip_shared(over, pointer, (head, at))?,
                Step::Open { at, set } => {
                    let (row, place) = self.open_member(plan, set, (head, at))?;
                    self.skip(over, row, place)?;
                }
                Step::Kept { at, row } => {
                    let place = part_of(head, at, plan.rows[row].head)?;
                    self.skip_kept(over, row, place)?;
                }
                _ => self.skip_leaf(plan, *step, head)?,
            }
        }
        over.rows -= 1;
        Ok(())
    }

    fn skip_leaf(&mut self, plan: &Plan, step: Step, head: &'i [u8]) -> Result<()> {
        match step {
            Step::Text { at } => {
                let len = self.length(head, at)?;
                self.text = self.text.get(len..).ok_or_else(disagreement)?;
            }
            Step::Bytes { at } | Step::Serde { at } | Step::Standard { at, part: Part::Number(_) } => {
                let len = self.length(head, at)?;
                self.bytes(len)?;
            }
            Step::Raw { at, array } => {
                let array = &plan.arrays[array];
                let count = u64::from_le_bytes(*part(head, at + usize::from(array.optional))?);
                let len = usize::try_from(count).ok().and_then(|count| count.checked_mul(array.size));
                len.and_then(|len| self.raws.take(len)).ok_or_else(disagreement)?;
            }
            Step::Grid { at, array } => {
                let (shape, size) = (self.shape(head, at)?, plan.arrays[array].size);
                let len = grid_count(&shape, size).and_then(|count| count.checked_mul(size));
                len.and_then(|len| self.raws.take(len)).ok_or_else(disagreement)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn skip_optional(&mut self, over: &mut Skip<'_, 'i, 'l>, row: usize, (head, at): (&'i [u8], usize)) -> Result<()> {
        if *part::<1>(head, at)? == [0] {
            return Ok(());
        }
        let inline = option_is_inline(over.plan.rows[row].head);
        self.skip_behind(over, row, (head, at + 1), inline)
    }

    /// Reads a value of an open set: its row and its head.
    pub fn open_member(&mut self, plan: &Plan, set: usize, (head, at): (&'i [u8], usize)) -> Result<(usize, &'i [u8])> {
        let len = self.length(head, at)?;
        let (tag, text) = self.text.split_at_checked(len).ok_or_else(disagreement)?;
        self.text = text;
        let found = plan.sets[set].iter().find(|(member, _)| member.tag.as_bytes() == tag);
        // A type that is unknown was registered only a moment ago.
        let &(_, row) = found.ok_or_else(disagreement)?;
        let size = plan.rows[row].head;
        Ok((row, &self.run(1, size)?[..size]))
    }

    fn skip_variant(
        &mut self,
        over: &mut Skip<'_, 'i, 'l>,
        variants: usize,
        (head, at): (&'i [u8], usize),
    ) -> Result<()> {
        let (row, inline, at) = over.plan.enums[variants].of(head, at)?;
        self.skip_behind(over, row, (head, at), inline)
    }

    /// Skips a part whose head is at `at` or in the tail.
    fn skip_behind(
        &mut self,
        over: &mut Skip<'_, 'i, 'l>,
        row: usize,
        (head, at): (&'i [u8], usize),
        inline: bool,
    ) -> Result<()> {
        let size = over.plan.rows[row].head;
        let place = if inline { part_of(head, at, size)? } else { self.run(1, size)? };
        self.skip(over, row, place)
    }

    /// Skips a value that is put in the memo.
    fn skip_kept(&mut self, over: &mut Skip<'_, 'i, 'l>, row: usize, head: &'i [u8]) -> Result<()> {
        let is_early = over.is_early || over.plan.early(row).is_some();
        let outer = core::mem::replace(&mut over.is_early, is_early);
        self.skip(over, row, head)?;
        over.is_early = outer;
        Ok(())
    }

    fn skip_boxed(&mut self, over: &mut Skip<'_, 'i, 'l>, row: usize) -> Result<()> {
        let size = over.plan.rows[row].head;
        let run = self.run(1, size)?;
        self.skip(over, row, &run[..size])
    }

    fn skip_group(&mut self, over: &mut Skip<'_, 'i, 'l>, row: usize, (head, at): (&'i [u8], usize)) -> Result<()> {
        let (count, size) = (self.length(head, at)?, over.plan.rows[row].head);
        for part in self.run(count, size)?.chunks_exact(stride(size)) {
            self.skip(over, row, &part[..size])?;
        }
        Ok(())
    }

    fn skip_fixed(
        &mut self,
        over: &mut Skip<'_, 'i, 'l>,
        row: usize,
        (head, at): (&'i [u8], usize),
        count: usize,
    ) -> Result<()> {
        let size = over.plan.rows[row].head;
        for index in 0..count {
            self.skip(over, row, part_of(head, at + index * size, size)?)?;
        }
        Ok(())
    }

    fn skip_sorted(&mut self, over: &mut Skip<'_, 'i, 'l>, sorted: usize, head: &'i [u8]) -> Result<()> {
        let plan = over.plan;
        for &(row, at) in &plan.sorted[sorted].slots {
            self.skip(over, row, part_of(head, at, plan.rows[row].head)?)?;
        }
        Ok(())
    }

    fn skip_shared(
        &mut self,
        over: &mut Skip<'_, 'i, 'l>,
        pointer: usize,
        (head, at): (&'i [u8], usize),
    ) -> Result<()> {
        let record = Record::read(self.run(1, RECORD)?).ok_or_else(disagreement)?;
        let row = over.plan.pointers[pointer].row;
        let head = part_of(head, at, over.plan.rows[row].head)?;
        match record {
            Record::Back(_) => return Ok(()),
            Record::New(number) => {
                if let Some(starts) = &mut over.starts {
                    starts.set(number.key(), Start { row, head, rest: *self });
                }
            }
            Record::Own => {}
        }
        self.skip_kept(over, row, head)
    }
}

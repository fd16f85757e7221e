//! The slots of objects and variants, step by step.

use alloc::vec::Vec;

use super::flat::segments;
use super::{Mark, Run, damaged, number};
use crate::error::{Error, Result};
use crate::evolve::op::{Behind, Case, Cases, SlotStep, Slots};
use crate::schema::{Enum, Problem};

impl<'a> Run<'_, 'a> {
    pub(super) fn slots(&mut self, slots: &Slots, head: &'a [u8], to: usize) -> Result<()> {
        segments(&self.plan.steps, &slots.heads, head, &mut self.out.heads[to..])?;
        self.behind(slots, head, to)
    }

    /// Makes the slots that have data outside the head.
    pub(super) fn behind(&mut self, slots: &Slots, head: &'a [u8], to: usize) -> Result<()> {
        let marks = self.marks.len();
        for step in &slots.steps {
            match step {
                SlotStep::Same(parts) => self.same(parts, head)?,
                SlotStep::Part { name, from, len, to: at, of } => {
                    self.part(*of, &head[*from..][..*len], to + at).map_err(|error| error.within(name))?;
                }
                SlotStep::Default { name, to: at, by } => {
                    self.out.depth = self.levels_left();
                    by(&mut self.out, to + at).map_err(|error| error.within(name))?;
                }
                SlotStep::Skip(Behind { from, len, over }, is_marked) => {
                    if *is_marked {
                        self.marks.push(self.at.place());
                    }
                    self.skip(*over, &head[*from..][..*len])?;
                }
                SlotStep::Mark => self.marks.push(self.at.place()),
                SlotStep::Seek(mark) => self.seek(self.marks.get(marks + mark).copied())?,
                SlotStep::Copy(mark) => {
                    let here = self.at.place();
                    self.seek(self.marks.get(marks + mark).copied())?;
                    self.copy_from(here)?;
                }
            }
        }
        self.marks.truncate(marks);
        Ok(())
    }

    /// Copies the data outside the head of some parts.
    pub(super) fn same(&mut self, parts: &[Behind], head: &'a [u8]) -> Result<()> {
        let here = self.at.place();
        self.skip_parts(parts, head)?;
        self.copy_from(here)
    }

    /// Copies the data that was skipped since `start`.
    fn copy_from(&mut self, start: Mark) -> Result<()> {
        let (whole, end) = (self.whole, self.at.place());
        let copy = |to: &mut Vec<u8>, bytes: &[u8], (start, end): (usize, usize)| {
            if start != end {
                let len = bytes.len();
                to.extend_from_slice(bytes.get(len.checked_sub(start)?..len.checked_sub(end)?)?);
            }
            Some(())
        };
        copy(&mut self.out.heads, whole.tail, (start.tail, end.tail))
            .and_then(|()| copy(&mut self.out.text, whole.text.as_bytes(), (start.text, end.text)))
            .and_then(|()| copy(&mut self.out.raw, whole.raw, (start.raw, end.raw)))
            .ok_or_else(damaged)
    }

    fn seek(&mut self, to: Option<Mark>) -> Result<()> {
        self.at = to.and_then(|place| self.whole.from(place)).ok_or_else(damaged)?;
        Ok(())
    }

    pub(super) fn variant(&mut self, cases: &Cases, head: &'a [u8], to: usize) -> Result<()> {
        let (tag, inline) = head.split_at(cases.from.size);
        let case = cases.variants.get(number(tag)).ok_or_else(damaged)?;
        let Case { name, from, ours, slots } = case;
        let Some((index, size)) = *ours else { return Err(gone(name, cases.of)) };
        let head = if cases.from.inline || *from == 0 { &inline[..*from] } else { self.run(1, *from)? };
        self.out.write(to, &index.to_le_bytes()[..cases.to.size]);
        let place = if cases.to.inline || size == 0 { to + cases.to.size } else { self.grow(1, *from, size)? };
        self.slots(slots, head, place).map_err(|error| error.within(name))
    }
}

#[cold]
fn gone(variant: &str, of: &Enum) -> Error {
    let problem = match of.evolution.is_removed(variant) {
        true => Problem::used(variant, &of.name),
        false => Problem::variant(&"", variant, of),
    };
    problem.error(0)
}

//! Skips older parts, to find where the next begin.

use alloc::boxed::Box;

use super::arrays::{grid, whole};
use super::{Run, damaged, number};
use crate::error::Result;
use crate::evolve::op::{Behind, Over, find};
use crate::evolve::skip::Skip;
use crate::protocol::encode::too_deep;
use crate::protocol::layout::{option_is_inline, padded, stride};
use crate::sharing::{RECORD, Record};

impl<'a> Run<'_, 'a> {
    /// Skips one older part.
    pub(in crate::evolve) fn skip(&mut self, over: usize, head: &'a [u8]) -> Result<()> {
        let plan = self.plan;
        self.parts = self.parts.checked_sub(1).ok_or_else(|| too_deep(None))?;
        match &plan.skips.ways[over] {
            Skip::Text => self.skip_text(head)?,
            Skip::List { head: size, of } => self.skip_list((*size, *of), head)?,
            Skip::Array { count, head: size, of } => self.skip_array(*count, (*size, *of), head)?,
            Skip::Map { key, value, of } => self.skip_map((*key, *value), *of, head)?,
            Skip::Optional { head: size, of } => self.skip_optional((*size, *of), head)?,
            Skip::Boxed { head: size, of } => {
                let run = self.run(1, *size)?;
                self.skip_run((1, *of), run, stride(*size), *size)?;
            }
            Skip::Members(set) => self.skip_member(*set, head)?,
            Skip::Numbered(content) => {
                if !matches!(Record::read(self.run(1, RECORD)?).ok_or_else(damaged)?, Record::Back(_)) {
                    self.skip(*content, head)?;
                }
            }
            Skip::Parts(parts) => self.skip_parts(parts, head)?,
            Skip::Enum { tag, inline, variants } => self.skip_variant((*tag, *inline), variants, head)?,
            leaf => self.skip_leaf(leaf, head)?,
        }
        self.parts += 1;
        Ok(())
    }

    fn skip_member(&mut self, set: usize, head: &'a [u8]) -> Result<()> {
        let plan = self.plan;
        let named = self.member_key(head)?;
        let (size, over) = find(&plan.skips.sets[set], named).ok_or_else(damaged)?;
        let run = self.run(1, *size)?;
        self.skip_behind(*over, &run[..*size])
    }

    fn skip_text(&mut self, head: &'a [u8]) -> Result<()> {
        let len = self.length(head)?;
        if !self.plan.keeps.text {
            self.at.text.cut(len).ok_or_else(damaged)?;
        }
        Ok(())
    }

    fn skip_leaf(&mut self, leaf: &Skip, head: &'a [u8]) -> Result<()> {
        let keeps = self.plan.keeps;
        match leaf {
            Skip::Raw { optional, size } => {
                let (tag, count) = head.split_at(usize::from(*optional));
                match tag {
                    [] | [1] if !keeps.raw => self.skip_raw(whole(count)?, *size)?,
                    [] | [0 | 1] => {}
                    _ => return Err(damaged()),
                }
            }
            Skip::Grid { size } => {
                let dimensions = self.length(head)?;
                let lengths = self.run(dimensions, 8)?;
                if !keeps.raw {
                    self.skip_raw(grid(lengths, *size)?, *size)?;
                }
            }
            // The caller handled all others.
            _ => return Err(damaged()),
        }
        Ok(())
    }

    fn skip_list(&mut self, (size, of): (usize, Over), head: &'a [u8]) -> Result<()> {
        let count = self.length(head)?;
        let run = self.run(count, size)?;
        self.skip_run((count, of), run, stride(size), size)
    }

    fn skip_array(&mut self, count: usize, (size, of): (usize, usize), head: &'a [u8]) -> Result<()> {
        for at in 0..count {
            let part = head.get(at.saturating_mul(size)..).and_then(|rest| rest.get(..size));
            self.skip(of, part.ok_or_else(damaged)?)?;
        }
        Ok(())
    }

    fn skip_map(&mut self, (key, value): (usize, usize), of: (Over, Over), head: &'a [u8]) -> Result<()> {
        let count = self.length(head)?;
        let run = self.run(count, key + value)?;
        if of.0.is_none() && of.1.is_none() {
            return Ok(());
        }
        for entry in run.chunks_exact(stride(key + value)) {
            let (first, second) = entry[..key + value].split_at(key);
            self.skip_behind(of.0, first)?;
            self.skip_behind(of.1, second)?;
        }
        Ok(())
    }

    fn skip_optional(&mut self, (size, of): (usize, Over), head: &'a [u8]) -> Result<()> {
        match head.split_first() {
            Some((0, _)) => Ok(()),
            Some((1, inline)) => {
                let head = if option_is_inline(size) { &inline[..size] } else { self.run(1, size)? };
                self.skip_behind(of, head)
            }
            _ => Err(damaged()),
        }
    }

    fn skip_variant(
        &mut self,
        (tag, inline): (usize, bool),
        variants: &[(usize, Box<[Behind]>)],
        head: &'a [u8],
    ) -> Result<()> {
        let (tag, slots) = head.split_at(tag);
        let (size, parts) = variants.get(number(tag)).ok_or_else(damaged)?;
        let head = if inline || *size == 0 { &slots[..*size] } else { self.run(1, *size)? };
        self.skip_parts(parts, head)
    }

    fn skip_behind(&mut self, over: Over, head: &'a [u8]) -> Result<()> {
        over.map_or(Ok(()), |over| self.skip(over, head))
    }

    fn skip_run(&mut self, (count, of): (usize, Over), run: &'a [u8], apart: usize, size: usize) -> Result<()> {
        let Some(of) = of else { return Ok(()) };
        self.nested(|this| (0..count).try_for_each(|at| this.skip(of, &run[at * apart..][..size])))
    }

    pub(super) fn skip_parts(&mut self, parts: &[Behind], head: &'a [u8]) -> Result<()> {
        for &Behind { from, len, over } in parts {
            let head = &head[from..][..len];
            match &self.plan.skips.ways[over] {
                // Most parts are of these two kinds.
                Skip::List { head: size, of: None } => {
                    let count = self.length(head)?;
                    self.run(count, *size)?;
                }
                Skip::Text => self.skip_text(head)?,
                _ => self.skip(over, head)?,
            }
        }
        Ok(())
    }

    fn skip_raw(&mut self, count: usize, size: usize) -> Result<()> {
        let space = count.checked_mul(size).and_then(padded).ok_or_else(damaged)?;
        self.at.raw = self.at.raw.split_at_checked(space).ok_or_else(damaged)?.1;
        Ok(())
    }
}

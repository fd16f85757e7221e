//! Raw arrays, and conversions between them and lists.

use alloc::vec::Vec;

use super::flat::elements;
use super::{Run, damaged};
use crate::error::Result;
use crate::evolve::op::At;
use crate::protocol::layout::{FACTOR, grid_count, padded};

impl<'a> Run<'_, 'a> {
    pub(super) fn raw(
        &mut self,
        (from_optional, to_optional, of): (bool, bool, At),
        head: &'a [u8],
        to: usize,
    ) -> Result<()> {
        let (tag, count) = head.split_at(usize::from(from_optional));
        match tag {
            [] | [1] => {}
            // An absent array leaves zeros.
            [0] => return Ok(()),
            _ => return Err(damaged()),
        }
        if to_optional {
            self.out.write(to, &[1]);
        }
        self.out.write(to + usize::from(to_optional), count);
        if self.plan.keeps.raw {
            return Ok(());
        }
        let count = whole(count)?;
        let array = self.raw_array(count, of)?;
        self.put_raw(count, of, array)
    }

    fn raw_array(&mut self, count: usize, of: At) -> Result<&'a [u8]> {
        let len = count.checked_mul(self.plan.steps[of].from).ok_or_else(damaged)?;
        let space = padded(len).ok_or_else(damaged)?;
        let (space, rest) = self.at.raw.split_at_checked(space).ok_or_else(damaged)?;
        self.at.raw = rest;
        Ok(&space[..len])
    }

    fn put_raw(&mut self, count: usize, of: At, array: &[u8]) -> Result<()> {
        let (at, step) = (self.out.raw.len(), &self.plan.steps[of]);
        // Elements that occupy no bytes in the older form may have any count.
        if step.to > FACTOR.saturating_mul(step.from) {
            self.out.takes(count.saturating_mul(step.to))?;
        }
        let end = count.checked_mul(step.to).and_then(|len| len.checked_add(at)).ok_or_else(damaged)?;
        self.out.raw.resize(end, 0);
        elements(&self.plan.steps, (count, of), array, &mut self.out.raw[at..])?;
        self.out.raw(&[]);
        Ok(())
    }

    pub(super) fn raw_to_list(&mut self, of: At, head: &'a [u8], to: usize) -> Result<()> {
        let new = self.plan.steps[of].to;
        let count = whole(head)?;
        let array = self.raw_array(count, of)?;
        self.out.length(to, count);
        let place = self.space(count, new)?;
        elements(&self.plan.steps, (count, of), array, &mut self.out.heads[place..][..count * new])
    }

    pub(super) fn list_to_raw(&mut self, of: At, head: &'a [u8], to: usize) -> Result<()> {
        let count = self.length(head)?;
        let from = self.plan.steps[of].from;
        let run = self.run(count, from)?;
        // The bytes for empty heads are left out.
        self.array_to_raw((count, of), &run[..count * from], to)
    }

    pub(super) fn array_to_raw(&mut self, (count, of): (usize, At), array: &'a [u8], to: usize) -> Result<()> {
        self.out.write(to, &(count as u64).to_le_bytes());
        self.put_raw(count, of, array)
    }

    pub(super) fn raw_to_array(&mut self, (count, of): (usize, At), head: &'a [u8], to: usize) -> Result<()> {
        if whole(head)? != count {
            return Err(damaged());
        }
        let array = self.raw_array(count, of)?;
        let len = count * self.plan.steps[of].to;
        elements(&self.plan.steps, (count, of), array, &mut self.out.heads[to..][..len])
    }

    pub(super) fn grid(&mut self, of: At, head: &'a [u8], to: usize) -> Result<()> {
        let dimensions = self.length(head)?;
        let lengths = self.run(dimensions, 8)?;
        self.out.length(to, dimensions);
        let place = self.out.run(dimensions, 8);
        self.out.write(place, lengths);
        if self.plan.keeps.raw {
            return Ok(());
        }
        let count = grid(lengths, self.plan.steps[of].from)?;
        let array = self.raw_array(count, of)?;
        self.put_raw(count, of, array)
    }
}

/// Returns the number of elements of an array with these dimensions.
pub(super) fn grid(lengths: &[u8], size: usize) -> Result<usize> {
    let shape: Result<Vec<usize>> = lengths.chunks_exact(8).map(whole).collect();
    grid_count(&shape?, size).ok_or_else(damaged)
}

/// Reads a count of 8 bytes.
pub(super) fn whole(count: &[u8]) -> Result<usize> {
    let count = count.first_chunk().map(|count| u64::from_le_bytes(*count));
    count.and_then(|count| usize::try_from(count).ok()).ok_or_else(damaged)
}

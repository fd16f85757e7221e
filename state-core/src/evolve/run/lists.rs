//! Lists, sets, maps and arrays.

use alloc::string::String;

use super::flat::{column, elements, flat};
use super::{MadeKeys, Run};
use crate::error::{Result, index};
use crate::evolve::op::{At, Op};
use crate::protocol::encode::too_deep;
use crate::protocol::entry;
use crate::protocol::layout::stride;
use crate::walk;

impl<'a> Run<'_, 'a> {
    pub(in crate::evolve) fn list(&mut self, of: At, head: &'a [u8], to: usize) -> Result<()> {
        let steps = &self.plan.steps;
        let (from, new) = (steps[of].from, steps[of].to);
        let count = self.length(head)?;
        let run = self.run(count, from)?;
        self.out.length(to, count);
        if matches!(steps[of].op, Op::Copy) {
            self.out.heads.extend_from_slice(run);
            return Ok(());
        }
        let place = self.grow(count, from, new)?;
        self.nested(|this| this.each((count, of), run, (stride(from), place, stride(new))))
    }

    /// Makes the elements of a run or array, which begin `apart` bytes apart in the older image, and `new_apart` bytes
    /// apart from `place` on in the new one.
    fn each(
        &mut self,
        (count, of): (usize, At),
        run: &'a [u8],
        (apart, place, new_apart): (usize, usize, usize),
    ) -> Result<()> {
        let steps = &self.plan.steps;
        let (from, new) = (steps[of].from, steps[of].to);
        match &steps[of].op {
            Op::Flat(_) | Op::Int { .. } | Op::Widen | Op::IntToFloat { .. } | Op::FlatArray { .. } => {
                let to = &mut self.out.heads[place..][..count * new_apart];
                if (from, new) == (apart, new_apart) {
                    return elements(steps, (count, of), run, to);
                }
                for at in 0..count {
                    flat(steps, of, &run[at * apart..][..from], &mut to[at * new_apart..][..new])?;
                }
            }
            Op::Slots(slots) if apart > 0 && new_apart > 0 => {
                let to = &mut self.out.heads[place..][..count * new_apart];
                for segment in &slots.heads {
                    column(steps, segment, (run, apart), (to, new_apart))?;
                }
                self.parts = self.parts.checked_sub(1).ok_or_else(|| too_deep(None))?;
                for at in 0..count {
                    let head = &run[at * apart..][..from];
                    self.behind(slots, head, place + at * new_apart).map_err(|error| error.within(&index(at)))?;
                }
                self.parts += 1;
            }
            _ => {
                for at in 0..count {
                    let head = &run[at * apart..][..from];
                    self.part(of, head, place + at * new_apart).map_err(|error| error.within(&index(at)))?;
                }
            }
        }
        Ok(())
    }

    pub(super) fn array(&mut self, (count, of): (usize, At), head: &'a [u8], to: usize) -> Result<()> {
        let (from, new) = (self.plan.steps[of].from, self.plan.steps[of].to);
        self.each((count, of), head, (from, to, new))
    }

    pub(super) fn array_to_list(&mut self, (count, of): (usize, At), head: &'a [u8], to: usize) -> Result<()> {
        let step = &self.plan.steps[of];
        self.out.length(to, count);
        let place = self.grow(count, step.from, step.to)?;
        self.nested(|this| this.each((count, of), head, (step.from, place, stride(step.to))))
    }

    pub(super) fn map(&mut self, (key, value): (At, At), head: &'a [u8], to: usize) -> Result<()> {
        let steps = &self.plan.steps;
        let (from, new) = (steps[key].from + steps[value].from, steps[key].to + steps[value].to);
        self.entries((from, new), head, to, |this, (at, head), to, made| {
            let (first, second) = head.split_at(steps[key].from);
            let key_made = this.differs(key, first, made).and_then(|()| this.part(key, first, to));
            key_made.map_err(|error| error.within(&entry::key_of(at)))?;
            let made = this.part(value, second, to + steps[key].to);
            made.map_err(|error| error.within(&entry::named(this.key_before(second), at)))
        })
    }

    /// Makes the entries of a map, or the elements of a set, by a function that gets the place and head of each.
    pub(in crate::evolve) fn entries(
        &mut self,
        (from, new): (usize, usize),
        head: &'a [u8],
        to: usize,
        mut each: impl FnMut(&mut Self, (usize, &'a [u8]), usize, &mut MadeKeys) -> Result<()>,
    ) -> Result<()> {
        let count = self.length(head)?;
        let run = self.run(count, from)?;
        self.out.length(to, count);
        let place = self.grow(count, from, new)?;
        let mut made = MadeKeys::default();
        self.nested(|this| {
            for at in 0..count {
                let head = &run[at * stride(from)..][..from];
                each(this, (at, head), place + at * stride(new), &mut made)?;
            }
            Ok(())
        })
    }

    /// The key whose value has this head, in the older image.
    #[cold]
    fn key_before(&self, value: &[u8]) -> Option<String> {
        let (schema, nodes) = self.plan.theirs();
        walk::key_before((schema, nodes), &self.older, value, u32::MAX)
    }
}

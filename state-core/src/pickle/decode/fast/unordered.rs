//! Objects whose slots are not pickled in the order of the head: attributes in any order, and the members that Cython
//! sorts by name.

use alloc::vec::Vec;

use super::Reader;
use super::memo::{Entry, NOWHERE};
use super::plan::{ObjectOp, Of, SlotOf, Slots, tuple_code};
use crate::order::sorted;
use crate::pickle::opcode as op;

/// Where the tail and the text of a slot end.
struct Part {
    order: usize,
    ends: [usize; 2],
}

impl Reader<'_> {
    /// Reads attributes in any order, up to the opcode that gives them to the object; `false` if it has none.
    #[cold]
    pub(super) fn attributes(&mut self, made: &ObjectOp, base: usize) -> Option<bool> {
        let Some(Slots { slots, is_pair }) = &made.slots else { return Some(false) };
        self.peek()?;
        if *is_pair {
            self.open_call()?;
            self.code(op::NONE)?;
        }
        let (start, begin) = (self.at, self.begin());
        self.code(op::EMPTY_DICT)?;
        self.put(start as Entry)?;
        let close = if slots.len() == 1 { op::SETITEM } else { op::SETITEMS };
        if slots.len() > 1 {
            self.code(op::MARK)?;
        }
        let mut parts: Vec<Part> = Vec::with_capacity(slots.len());
        for _ in slots {
            let name = self.name()?;
            let slot = slots.iter().find(|slot| *slot.placed.0.name.as_bytes() == *name)?;
            if parts.iter().any(|part| part.order == slot.order) {
                return None;
            }
            parts.push(self.slot(slot, base)?);
        }
        self.code(close)?;
        if *is_pair {
            self.code(tuple_code(2, self.is_old))?;
            self.put_made(NOWHERE)?;
        }
        self.in_order(&mut parts, begin)?;
        Some(true)
    }

    /// Reads slots in the order in which they are expected.
    pub(super) fn members(&mut self, Slots { slots, .. }: &Slots, base: usize) -> Option<()> {
        let begin = self.begin();
        let mut parts = slots.iter().map(|slot| self.slot(slot, base)).collect::<Option<Vec<_>>>()?;
        self.in_order(&mut parts, begin)
    }

    fn slot(&mut self, slot: &SlotOf, base: usize) -> Option<Part> {
        let plan = *slot.plan.get_or_init(|| self.plans.of(Of::Named(slot.placed.0)));
        let (plan, taken) = (self.plan(plan)?, self.taken);
        self.ops(plan.steps(), base + slot.placed.1)?;
        // Raw arrays cannot be reordered.
        (taken == self.taken).then_some(())?;
        Some(Part { order: slot.order, ends: self.begin() })
    }

    fn begin(&self) -> [usize; 2] {
        [self.tail.len(), self.wrote]
    }

    /// Reorders the tails and texts of slots by the order of the head.
    fn in_order(&mut self, parts: &mut Vec<Part>, begin: [usize; 2]) -> Option<()> {
        if parts.is_sorted_by_key(|part| part.order) {
            return Some(());
        }
        let mut from = begin;
        let mut ranges = Vec::with_capacity(parts.len());
        for part in parts.drain(..) {
            ranges.push((part.order, from, part.ends));
            from = part.ends;
        }
        let ranges = sorted(&ranges, |a: &(usize, _, _), b| a.0.cmp(&b.0));
        for (region, bytes) in [&mut self.tail, &mut self.text].into_iter().enumerate() {
            let sorted: Vec<u8> = ranges
                .iter()
                .filter_map(|(_, from, to)| bytes.get(from[region]..to[region]))
                .flatten()
                .copied()
                .collect();
            bytes.get_mut(begin[region]..)?.get_mut(..sorted.len())?.copy_from_slice(&sorted);
        }
        Some(())
    }
}

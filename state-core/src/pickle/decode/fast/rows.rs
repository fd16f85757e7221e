//! The fastest way to read a row: its values, and between them bytes that are the same in every row once the names in
//! it are in the memo. These bytes are learned from a row that was read by its operations.

use alloc::vec::Vec;
use core::mem::size_of;

use super::Reader;
use super::memo::UNKNOWN;
use super::plan::{Field, Mark, Op, Plan};
use super::run::Run;

impl Reader<'_> {
    /// Reads rows that match what was learned, up to `add` or the first one that differs, and returns how many; `None`
    /// if what was read of that one cannot be undone.
    #[inline(never)]
    pub(super) fn rows_as_learned(&mut self, plan: &Plan, add: u8) -> Option<usize> {
        let learned = &plan.learned;
        let Ok(fields) = learned.fields.try_borrow() else { return Some(0) };
        if fields.is_empty() || self.memo.len() < learned.from.get() {
            return Some(0);
        }
        let mut count = 0;
        while self.input.get(self.at) != Some(&add) {
            let place = self.checkpoint();
            let base = self.head(plan.size);
            if self.fields(&fields, &plan.ops, base).is_none() {
                self.restore(&place)?;
                break;
            }
            count += 1;
        }
        if count > 0 {
            learned.misses.set(0);
        }
        Some(count)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn fields(&mut self, fields: &[Field], ops: &[Op], base: usize) -> Option<()> {
        let (input, mut at) = (self.input, self.at);
        for field in fields {
            if field.len > 0 {
                let block = input.get(at..)?.first_chunk::<{ size_of::<u128>() }>()?;
                if u128::from_le_bytes(*block) & field.mask != field.before {
                    return None;
                }
                at += usize::from(field.len);
                for _ in 0..field.puts {
                    self.memo.push(UNKNOWN);
                }
            }
            let Some(op) = field.op else { continue };
            let op = ops.get(op as usize)?;
            at = match self.usual(op, base, at) {
                Some(at) => at,
                None => {
                    self.at = at;
                    self.other(op, base)?;
                    self.at
                }
            };
        }
        self.at = at;
        Some(())
    }

    /// Reads a row by its operations, and learns from it.
    #[inline(never)]
    pub(super) fn learn(&mut self, plan: &Plan) -> Option<()> {
        let (learned, base) = (&plan.learned, self.head(plan.size));
        learned.misses.set(learned.misses.get() + 1);
        let mut run = Run::new(&plan.ops, base);
        let (mut fields, mut from) = (Vec::new(), self.mark());
        while let Some(op) = run.next.next() {
            let (number, left, start) = (run.number() - 1, run.next.len(), self.mark());
            self.step::<false>(op, &mut run)?;
            if run.next.len() != left || matches!(op, Op::Optional { .. } | Op::Raw { .. }) {
                // Other rows may have other bytes here.
                fields.push(None);
            } else if op.is_value() {
                fields.push(Field::new(Some(number as u32), from, start, self.input));
                from = self.mark();
            }
        }
        let end = self.mark();
        if end.0 > from.0 {
            fields.push(Field::new(None, from, end, self.input));
        }
        if let Ok(mut learned) = learned.fields.try_borrow_mut() {
            *learned = fields.into_iter().collect::<Option<Vec<_>>>().unwrap_or_default();
            if learned.iter().any(|field| field.puts > 0) {
                // Another row with the same number replaces the memo entry of this one.
                if self.numbers_puts {
                    learned.clear();
                } else {
                    self.has_learned = true;
                }
            }
        }
        learned.from.set(end.1);
        Some(())
    }

    fn mark(&self) -> Mark {
        (self.at, self.memo.len())
    }
}

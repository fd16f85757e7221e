//! Lists, sets and dicts.

use core::cell::Cell;

use super::plan::{BATCH, Codes, Group, Plan};
use super::{Kept, NOTHING, Reader};
use crate::pickle::opcode as op;

impl Reader<'_> {
    /// A list, set or dict, whose items' heads go to the tail, or stand in the head of what it is in.
    pub(super) fn group(&mut self, base: usize, group: &Group) -> Option<()> {
        if self.peek()? != group.codes.empty {
            return self.group_otherwise(base, group);
        }
        let outer = self.deeper(group.deep)?;
        let plan = self.plan(group.plan)?;
        let start = self.at;
        self.at += 1;
        self.put(start as Kept)?;
        let at = base + group.at as usize;
        match group.exactly {
            Some(count) => self.array(at, count, (&plan, group.codes))?,
            None => {
                let (start, top) = (self.tail.len(), self.top);
                let count = self.batches(&plan, group.codes)?;
                self.length(at, count)?;
                self.settle(start, top);
            }
        }
        self.parts = outer;
        Some(())
    }

    #[inline(never)]
    fn group_otherwise(&mut self, base: usize, group: &Group) -> Option<()> {
        if matches!(self.peek()?, op::BINGET | op::LONG_BINGET) {
            let at = self.at;
            let kept = self.get()?;
            if kept <= Kept::from(u32::MAX) {
                return self.again(kept, |this| this.group(base, group));
            }
            self.at = at;
        }
        if group.codes == Codes::SET { self.called_set(base, group) } else { None }
    }

    /// `set([..])`, as there is no opcode before protocol 4.
    fn called_set(&mut self, base: usize, group: &Group) -> Option<()> {
        let start = self.at as u32;
        let is_set = |name: crate::pickle::decode::view::Name<'_>| name.module == "builtins" && name.name == "set";
        if let Some(kept) = self.named(&group.called, is_set)? {
            return self.again(kept, |this| this.called_set(base, group));
        }
        self.group(base, &Group { codes: Codes::LIST, called: Cell::new(NOTHING), ..*group })?;
        self.end_call(op::TUPLE1, start)
    }

    /// The items of a group, in batches behind a mark or one by one; how many.
    fn batches(&mut self, plan: &Plan, codes: Codes) -> Option<usize> {
        let mut count = 0;
        while count % BATCH == 0 {
            let code = self.peek()?;
            if closes(code) {
                break;
            }
            let place = self.place();
            let mut added = None;
            if code == op::MARK {
                self.at += 1;
                added = self.batch(plan, codes.add);
                if added.is_none() {
                    self.back(&place)?;
                }
            }
            // What stands alone may begin with a mark too.
            if added.is_none() {
                let one = codes.add_one;
                added = one.and_then(|add| self.row(plan, Self::by_ops).and_then(|()| self.code(add)).map(|()| 1));
            }
            match added {
                Some(added) => count += added,
                // It was not one of these items, but what follows the group.
                None => {
                    self.back(&place)?;
                    break;
                }
            }
        }
        Some(count)
    }

    /// Items up to what adds them; how many.
    fn batch(&mut self, plan: &Plan, add: u8) -> Option<usize> {
        let mut count = 0;
        while self.peek()? != add {
            if self.with_care || !self.learns || plan.learned.is_of_no_use() {
                self.row(plan, Self::by_ops)?;
                count += 1;
                continue;
            }
            count += self.rows_as_learned(plan, add);
            if self.peek()? != add {
                self.row(plan, Self::learn)?;
                count += 1;
            }
        }
        self.at += 1;
        // More or fewer than a batch are good, but nothing may follow those that are not a full one.
        (count != 0).then_some(count)
    }

    /// So many items, as an array has.
    fn array(&mut self, at: usize, count: usize, (plan, codes): (&Plan, Codes)) -> Option<()> {
        let size = if plan.is_empty { 0 } else { plan.size };
        let mut item = 0;
        while item < count {
            let batch = (count - item).min(BATCH);
            let add = if batch == 1 { op::APPEND } else { codes.add };
            if batch > 1 {
                self.code(op::MARK)?;
            }
            for _ in 0..batch {
                self.ops(&plan.ops, at + item * size)?;
                item += 1;
            }
            self.code(add)?;
        }
        Some(())
    }
}

/// Whether an opcode only closes something, or is the end.
#[cfg_attr(not(debug_assertions), inline(always))]
const fn closes(code: u8) -> bool {
    matches!(
        code,
        op::STOP | op::TUPLE | op::TUPLE1
            ..=op::TUPLE3 | op::BUILD | op::APPENDS | op::APPEND | op::SETITEMS | op::SETITEM | op::ADDITEMS
    )
}

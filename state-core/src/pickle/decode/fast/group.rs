//! Lists, sets and dicts.

use alloc::vec::Vec;
use core::cell::Cell;
use core::mem;

use super::memo::{Entry, NOTHING, is_get};
use super::plan::{BATCH, Codes, Group, Plan};
use super::skim::Skim;
use super::{Checkpoint, Reader};
use crate::pickle::decode::view::Name;
use crate::pickle::opcode as op;

/// How many bytes are searched for the end of an item that is added alone.
const AHEAD: usize = 512;

impl Reader<'_> {
    /// Reads a list, set or dict. The heads of its items are put in the tail, or for an array in the head around it.
    pub(super) fn group(&mut self, base: usize, group: &Group) -> Option<()> {
        let is_here = self.peek()? == if group.codes.is_marked { op::MARK } else { group.codes.empty };
        if !is_here {
            return self.group_otherwise(base, group);
        }
        let start = self.at;
        self.at += 1;
        if group.codes.is_marked {
            self.code(group.codes.empty)?;
        }
        let known = self.memo.len();
        self.put(start as Entry)?;
        let is_kept = self.memo.len() > known && !self.is_again;
        let at = base + group.at as usize;
        self.inner((group.plan, group.deep), |this, plan| {
            if let Some(count) = group.exactly {
                return this.array(at, count, (plan, group.codes));
            }
            let with_care = mem::take(&mut this.with_care);
            let (start, top) = (this.tail.len(), this.top);
            let count = this.batches(plan, group.codes)?;
            this.length(at, count)?;
            this.settle(start, top);
            this.with_care = with_care;
            Some(())
        })?;
        if is_kept {
            self.ends.push((self.at as u32, start as u32));
        }
        Some(())
    }

    #[inline(never)]
    fn group_otherwise(&mut self, base: usize, group: &Group) -> Option<()> {
        if is_get(self.peek()?) {
            let at = self.at;
            let kept = self.get()?;
            if kept <= Entry::from(u32::MAX) {
                return self.again(kept, |this| {
                    this.group(base, group)?;
                    this.ends_here(kept)
                });
            }
            self.at = at;
        }
        if group.codes == Codes::SET { self.called_set(base, group) } else { None }
    }

    /// Tests that a group that was read again ends here. An item that is not of its type looks like what follows it, so
    /// its end must be that of the first time.
    fn ends_here(&mut self, kept: Entry) -> Option<()> {
        let is_known = self.ends.binary_search(&(self.at as u32, kept as u32)).is_ok();
        (is_known || self.end_of_kept(kept)? == self.at).then_some(())
    }

    /// Reads `set([..])`: there is no opcode for sets before protocol 4.
    fn called_set(&mut self, base: usize, group: &Group) -> Option<()> {
        let codes = if self.plans.is_text { Codes::LIST.marked() } else { Codes::LIST };
        let list = Group { codes, called: Cell::new(NOTHING), ..*group };
        let is_set = |name: Name<'_>| (name.module, name.name) == ("builtins", "set");
        self.called(&group.called, &is_set, op::TUPLE1, &|this| this.group(base, &list))
    }

    /// Reads the items of a group, in batches after a mark or one by one, and returns how many.
    fn batches(&mut self, plan: &Plan, codes: Codes) -> Option<usize> {
        let mut count = 0;
        while codes.is_marked || count % BATCH == 0 {
            let code = self.peek()?;
            if closes(code) {
                break;
            }
            let place = self.checkpoint();
            let in_batch = code == op::MARK && !codes.is_marked;
            let added = if in_batch { self.batch(plan, codes.add, &place)? } else { 0 };
            // An item that is added alone may begin with a mark too.
            let added = match codes.add_one {
                Some(add) if added == 0 => self.one(plan, add, &place)?,
                _ => added,
            };
            // If it is not an item of this group, it is what follows the group.
            if added == 0 {
                break;
            }
            count += added;
        }
        Some(count)
    }

    /// Reads items after a mark, up to the opcode `add`; returns how many, or 0 if they are not of this group.
    fn batch(&mut self, plan: &Plan, add: u8, place: &Checkpoint) -> Option<usize> {
        self.at += 1;
        let mut count = self.rows_as_learned(plan, add)?;
        if count > 0 || self.peek()? != add && self.row_once(plan).is_some() {
            count = count.max(1);
            while self.peek()? != add {
                let rows = self.rows(plan, add)?;
                if rows == 0 {
                    break;
                }
                count += rows;
            }
            if self.peek()? == add {
                self.at += 1;
                // A batch of any size is accepted, but nothing may follow one that is not full.
                return Some(count);
            }
        }
        self.back(place)?;
        let skim = self.skim(place.at + 1, true);
        let skim = skim.filter(|skim| self.input.get(skim.end) == Some(&add));
        skim.map_or(Some(0), |skim| self.one_by_one(plan, skim, (place.at + 1, add)))
    }

    /// Reads some of the items that follow, and returns how many.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn rows(&mut self, plan: &Plan, add: u8) -> Option<usize> {
        if !self.learns || plan.learned.is_of_no_use() {
            return Some(self.row(plan).map_or(0, |()| 1));
        }
        let count = self.rows_as_learned(plan, add)?;
        if self.input.get(self.at) == Some(&add) {
            return Some(count);
        }
        let place = self.checkpoint();
        let read = self.learn(plan).or_else(|| self.row_with_care(plan, &place));
        Some(read.map_or(0, |()| count + 1))
    }

    /// Reads an item that is added alone, by `add`; returns 1, or 0 if it is not of this group.
    fn one(&mut self, plan: &Plan, add: u8, place: &Checkpoint) -> Option<usize> {
        if self.row_once(plan).is_some() && self.code(add).is_some() {
            return Some(1);
        }
        self.back(place)?;
        if !is_unusual(self.peek()?) {
            return Some(0);
        }
        // The search ends soon: after an empty group, this may be all the rest of the pickle.
        let end = self.input.len().min(place.at + AHEAD);
        let is_one = |skim: &Skim| skim.starts.len() == plan.values.len() && self.input.get(skim.end) == Some(&add);
        let skim = Skim::of(self.input, place.at..end, None).filter(is_one);
        skim.map_or(Some(0), |skim| self.one_by_one(plan, skim, (place.at, add)))
    }

    /// Reads items whose ends are known, whatever they contain.
    #[cold]
    #[inline(never)]
    fn one_by_one(&mut self, plan: &Plan, skim: Skim, (start, add): (usize, u8)) -> Option<usize> {
        let parts = plan.values.len();
        let count = skim.starts.len().checked_div(parts).filter(|count| count * parts == skim.starts.len())?;
        let ends: Vec<usize> = (1..=count).map(|row| skim.end_of(row * parts - 1)).collect();
        self.expect(skim);
        self.at = start;
        for end in ends {
            self.row_up_to(plan, end)?;
        }
        self.code(add)?;
        Some(count)
    }

    fn row_up_to(&mut self, plan: &Plan, end: usize) -> Option<()> {
        let place = self.checkpoint();
        let is_read = |this: &mut Self, read: Option<()>| read.is_some() && this.peek().is_some() && this.at == end;
        let read = self.row_once(plan);
        if is_read(self, read) {
            return Some(());
        }
        let read = self.row_with_care(plan, &place);
        if is_read(self, read) {
            return Some(());
        }
        self.back(&place)?;
        let base = self.head(plan.size);
        for &(schema, at) in &plan.values {
            self.part(schema, base + at)?;
        }
        is_read(self, Some(())).then_some(())
    }

    /// Reads the items of an array, whose number is known.
    fn array(&mut self, at: usize, count: usize, (plan, codes): (&Plan, Codes)) -> Option<()> {
        let size = if plan.is_empty { 0 } else { plan.size };
        let mut item = 0;
        while item < count {
            let batch = if codes.is_marked { 1 } else { (count - item).min(BATCH) };
            let add = if batch == 1 { op::APPEND } else { codes.add };
            if batch > 1 {
                self.code(op::MARK)?;
            }
            for _ in 0..batch {
                self.ops(plan.steps(), at + item * size)?;
                item += 1;
            }
            self.code(add)?;
        }
        Some(())
    }
}

/// Returns whether an opcode can begin an unusual value: one with a name, or one from the memo.
const fn is_unusual(code: u8) -> bool {
    matches!(code, op::GLOBAL | op::SHORT_BINUNICODE | op::BINUNICODE | op::UNICODE | op::MARK) || is_get(code)
}

/// Returns whether an opcode ends something that was begun before, or the pickle.
#[cfg_attr(not(debug_assertions), inline(always))]
const fn closes(code: u8) -> bool {
    matches!(
        code,
        op::STOP | op::TUPLE | op::TUPLE1
            ..=op::TUPLE3 | op::BUILD | op::APPENDS | op::APPEND | op::SETITEMS | op::SETITEM | op::ADDITEMS
    )
}

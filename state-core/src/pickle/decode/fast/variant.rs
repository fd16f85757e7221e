//! The variants of enums: tuples of a name and slots, and the members of Python's enums.

use alloc::rc::Rc;
use core::cell::Cell;

use super::plan::{Variant, Variants, tuple_code, variant_parts};
use super::scalar::is_get;
use super::{Kept, NOTHING, Reader};
use crate::pickle::decode::view::Name;
use crate::pickle::opcode as op;
use crate::protocol::layout::tag_head;
use crate::schema::Form;

impl Reader<'_> {
    pub(super) fn variant(&mut self, base: usize, of: &Variants) -> Option<()> {
        let Some(kept) = self.composite() else { return self.variant_here(base, of) };
        match of.list.iter().position(|variant| variant.seen.get() == kept) {
            Some(place) => self.tag(base, of, place),
            None => self.again(kept, |this| this.variant_here(base, of)),
        }
    }

    fn variant_here(&mut self, base: usize, of: &Variants) -> Option<()> {
        let marked = self.peek()? == op::MARK;
        let (start, memo) = (self.at, self.memo.len());
        if marked {
            self.at += 1;
        }
        let Some(place) = self.variant_name(of) else {
            // No text, or that of a module.
            self.at = start;
            self.memo.truncate(memo);
            let place = self.member(of)?;
            if let (Some(&kept), Some(variant)) = (self.memo.last(), of.list.get(place)) {
                if kept as u32 == start as u32 {
                    variant.seen.set(kept);
                }
            }
            return self.tag(base, of, place);
        };
        self.tag(base, of, place)?;
        let variant = of.list.get(place)?;
        let parts = variant_parts(variant.slots);
        if marked != (parts > 3 || self.is_old) {
            return None;
        }
        if parts > 1 {
            self.variant_slots(base, of, variant)?;
        }
        self.code(tuple_code(parts, self.is_old))?;
        self.put(self.made(start as u32))
    }

    fn variant_slots(&mut self, base: usize, of: &Variants, variant: &Variant) -> Option<()> {
        let outer = self.deeper(of.deep)?;
        let plan = match variant.plan.get() {
            Some(plan) => Rc::clone(plan),
            None => {
                let plan = Rc::new(self.plans.of_variant(variant.slots)?);
                Rc::clone(variant.plan.get_or_init(|| plan))
            }
        };
        if plan.deepest > self.parts {
            return None;
        }
        if of.is_inline || plan.is_empty {
            self.ops(plan.steps(), base + of.at as usize + tag_head(of.list.len()))?;
        } else {
            let (start, top) = (self.tail.len(), self.head(plan.size));
            self.ops(plan.steps(), top)?;
            self.settle(start, top);
        }
        self.parts = outer;
        Some(())
    }

    fn tag(&mut self, base: usize, of: &Variants, place: usize) -> Option<()> {
        let size = tag_head(of.list.len());
        let head = self.heads.get_mut(base + of.at as usize..)?.get_mut(..size)?;
        head.copy_from_slice(place.to_le_bytes().get(..size)?);
        Some(())
    }

    /// The number of the variant whose name comes next.
    fn variant_name(&mut self, of: &Variants) -> Option<usize> {
        let code = self.peek()?;
        let start = self.at;
        let kept = match code {
            code if is_get(code) => self.get()?,
            _ => start as Kept,
        };
        if kept != start as Kept {
            if let Some(place) = of.list.iter().position(|variant| variant.seen.get() == kept) {
                return Some(place);
            }
            self.at = start;
        }
        let name = self.name()?;
        let place = of.of.variants.iter().position(|variant| *variant.name.as_bytes() == *name)?;
        of.list.get(place)?.seen.set(kept);
        Some(place)
    }

    /// The number of the variant that is a member of a Python enum: `getattr(Class, name)`, or `Class(value)`.
    fn member(&mut self, of: &Variants) -> Option<usize> {
        let (start, memo) = (self.at, self.memo.len());
        let is_getattr = |name: Name<'_>| (name.module, name.name) == ("builtins", "getattr");
        let place = if self.named(&Cell::new(NOTHING), is_getattr) == Some(None) {
            self.open_call()?;
            self.class(&of.class)?.is_none().then_some(())?;
            let name = self.name()?;
            let place = of.of.variants.iter().position(|variant| *variant.name.as_bytes() == *name)?;
            self.end_call(op::TUPLE2, start as u32)?;
            place
        } else {
            self.at = start;
            self.memo.truncate(memo);
            self.class(&of.class)?.is_none().then_some(())?;
            self.open_call()?;
            let value = self.wide_int().filter(|_| of.of.form == Form::Enum)?;
            let place = of.of.variants.iter().position(|variant| variant.value == Some(value))?;
            self.end_call(op::TUPLE1, start as u32)?;
            place
        };
        of.list.get(place)?.slots.is_empty().then_some(place)
    }
}

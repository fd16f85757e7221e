//! The variants of enums: tuples of a name and slots, or members of Python's enums.

use core::cell::Cell;

use super::Reader;
use super::memo::{Entry, NOTHING, is_composite, is_get};
use super::plan::{Of, Variant, Variants, tuple_code, variant_parts};
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
            // There is no text here, or the text is the name of a module.
            self.at = start;
            self.memo.truncate(memo);
            let place = self.member(of)?;
            if let (true, Some(variant)) = (self.memo.last() == Some(&self.last), of.list.get(place)) {
                variant.seen.set(self.last);
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
        self.put_made(start as u32)
    }

    fn variant_slots(&mut self, base: usize, of: &Variants, variant: &Variant) -> Option<()> {
        let plan = *variant.plan.get_or_init(|| self.plans.of(Of::Slots(variant.slots)));
        self.inner((plan, of.deep), |this, plan| match of.is_inline || plan.is_empty {
            true => this.ops(plan.steps(), base + of.at as usize + tag_head(of.list.len())),
            false => this.behind(plan),
        })
    }

    fn tag(&mut self, base: usize, of: &Variants, place: usize) -> Option<()> {
        let size = tag_head(of.list.len());
        let head = self.heads.get_mut(base + of.at as usize..)?.get_mut(..size)?;
        head.copy_from_slice(place.to_le_bytes().get(..size)?);
        Some(())
    }

    /// Reads the name of a variant, and returns its number.
    fn variant_name(&mut self, of: &Variants) -> Option<usize> {
        let code = self.peek()?;
        let start = self.at;
        let kept = if is_get(code) { self.get()? } else { start as Entry };
        if is_composite(kept) {
            // It can be a variant itself, but not the name of one.
            return None;
        }
        if kept != start as Entry {
            if let Some(place) = of.list.iter().position(|variant| variant.seen.get() == kept) {
                return Some(place);
            }
            self.at = start;
        }
        let place = self.variant_of(of)?;
        of.list.get(place)?.seen.set(kept);
        Some(place)
    }

    fn variant_of(&mut self, of: &Variants) -> Option<usize> {
        let name = self.name()?;
        of.of.variants.iter().position(|variant| *variant.name.as_bytes() == *name)
    }

    /// Reads a member of a Python enum, `getattr(Class, name)` or `Class(value)`, and returns the number of its
    /// variant.
    fn member(&mut self, of: &Variants) -> Option<usize> {
        let (start, memo) = (self.at, self.memo.len());
        let is_getattr = |name: Name<'_>| (name.module, name.name) == ("builtins", "getattr");
        let place = if self.this(&Cell::new(NOTHING), is_getattr).is_some() {
            self.call(start, op::TUPLE2, |this| {
                this.this_class(&of.class)?;
                this.variant_of(of)
            })?
        } else {
            self.at = start;
            self.memo.truncate(memo);
            self.this_class(&of.class)?;
            self.call(start, op::TUPLE1, |this| {
                let value = this.wide_int().filter(|_| of.of.form == Form::Enum)?;
                of.of.variants.iter().position(|variant| variant.value == Some(value))
            })?
        };
        of.list.get(place)?.slots.is_empty().then_some(place)
    }
}

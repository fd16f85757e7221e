//! Objects that keep a tuple, and the variants of enums.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use super::group::BATCH;
use super::row::close;
use super::{Direct, target};
use crate::pickle::names::to_python_3;
use crate::pickle::opcode as op;
use crate::protocol::layout::{enum_is_inline, tag_head};
use crate::schema::{Enum, Form, Kind, Nodes, Object, Schema, Slot};
use crate::walk::{count_slots, tuple_slots};

/// A slot, and the place of its head.
type Placed = (&'static Slot, usize);

impl<'p> Direct<'p> {
    /// Class, no arguments, NEWOBJ, state, BUILD.
    pub(super) fn object(&mut self, schema: &'static Schema, object: &'static Object, at: usize) -> Option<()> {
        if !matches!(object.form, Form::State | Form::Dict) {
            return None;
        }
        self.class(schema, object)?;
        self.take(op::EMPTY_TUPLE)?;
        let start = self.at;
        self.take(op::NEWOBJ)?;
        self.put(start)?;
        if object.form == Form::Dict {
            self.dict(object, at)?;
        } else {
            let slots = count_slots(Nodes::NONE, object);
            if slots == 0 {
                return None;
            }
            self.in_tuple(slots, |this| this.state(object, at))?;
        }
        self.take(op::BUILD)
    }

    /// A dict of all slots by name, in their order.
    fn dict(&mut self, object: &'static Object, at: usize) -> Option<()> {
        let (open, close) = dict_codes(count_names(object))?;
        let start = self.at;
        self.take(op::EMPTY_DICT)?;
        self.put(start)?;
        if let Some(mark) = open {
            self.take(mark)?;
        }
        self.attributes(object, at)?;
        self.take(close)
    }

    fn attributes(&mut self, object: &'static Object, mut at: usize) -> Option<()> {
        for (order, slot) in object.slots.iter().enumerate() {
            let schema = target(slot.ty);
            match &schema.kind {
                Kind::Object(parent) if order == 0 && object.has_parent => self.attributes(parent, at)?,
                kind => {
                    if self.name()? != slot.name.as_bytes() {
                        return None;
                    }
                    match kind {
                        Kind::Raw(raw) if raw.array => return None,
                        Kind::Raw(raw) => self.raw_array(raw, false, at)?,
                        _ => self.node(schema, at)?,
                    }
                }
            }
            at += schema.head;
        }
        Some(())
    }

    fn state(&mut self, object: &'static Object, mut at: usize) -> Option<()> {
        for (order, slot) in object.slots.iter().enumerate() {
            let schema = target(slot.ty);
            match &schema.kind {
                Kind::Object(parent) if order == 0 && object.has_parent => self.parent(parent, at)?,
                _ => self.slot(slot, at)?,
            }
            at += schema.head;
        }
        Some(())
    }

    /// The state of a parent, which stands before that of its child.
    fn parent(&mut self, parent: &'static Object, at: usize) -> Option<()> {
        let outer = self.parts;
        self.parts = outer.checked_sub(1)?;
        self.state(parent, at)?;
        self.parts = outer;
        Some(())
    }

    fn slot(&mut self, slot: &'static Slot, at: usize) -> Option<()> {
        let schema = target(slot.ty);
        match &schema.kind {
            Kind::Raw(raw) if raw.array => None,
            Kind::Raw(raw) => self.raw_array(raw, raw.counted, at),
            _ => self.node(schema, at),
        }
    }

    /// The class that comes next, which must be that of the schema.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn class(&mut self, schema: &'static Schema, object: &'static Object) -> Option<()> {
        match self.peek()? {
            op::BINGET | op::LONG_BINGET => {
                let class = (core::ptr::from_ref(schema), self.get()? as u32);
                self.classes.contains(&class).then_some(())
            }
            _ => self.first_class(schema, object),
        }
    }

    #[cold]
    fn first_class(&mut self, schema: &'static Schema, object: &'static Object) -> Option<()> {
        let (start, module, name) = if self.peek()? == op::GLOBAL {
            let start = self.at;
            self.at += 1;
            (start, self.line()?, self.line()?)
        } else {
            let (module, name) = (self.string()?, self.string()?);
            let start = self.at;
            self.take(op::STACK_GLOBAL)?;
            (start, module, name)
        };
        let (module, name) = (core::str::from_utf8(module).ok()?, core::str::from_utf8(name).ok()?);
        let (module, name) = if self.old_names { to_python_3(module, name) } else { (module, name) };
        if object.name.strip_prefix(module)?.strip_prefix(['.', ':'])? != name {
            return None;
        }
        // Of attributes that have one name, a dict keeps the last.
        if object.form == Form::Dict && !names_differ(object) {
            return None;
        }
        self.classes.push((schema, start as u32));
        self.put(start)
    }

    fn line(&mut self) -> Option<&'p [u8]> {
        let rest = self.input.get(self.at..)?;
        let len = rest.iter().position(|&byte| byte == b'\n')?;
        self.at += len + 1;
        rest.get(..len)
    }

    /// A tuple of the variant's name and its slots.
    pub(super) fn variant(&mut self, of: &'static Enum, at: usize) -> Option<()> {
        let marked = self.peek()? == op::MARK;
        if marked {
            self.at += 1;
        }
        let name = self.name()?;
        let (place, variant) = of.variants.iter().enumerate().find(|(_, variant)| variant.name.as_bytes() == name)?;
        let parts = 1 + variant.slots.iter().map(|slot| tuple_slots(Nodes::NONE, slot)).sum::<usize>();
        if marked != (parts > 3) {
            return None;
        }
        let tag = tag_head(of.variants.len());
        for (to, from) in self.stack.get_mut(at..)?.get_mut(..tag)?.iter_mut().zip(place.to_le_bytes()) {
            *to = from;
        }
        let head_of = |slots: &[Slot]| slots.iter().map(|slot| target(slot.ty).head).sum::<usize>();
        let size = head_of(&variant.slots);
        let largest = of.variants.iter().map(|variant| head_of(&variant.slots)).max().unwrap_or(0);
        if enum_is_inline(largest) || size == 0 {
            self.slots(&variant.slots, at + tag)?;
        } else {
            let (start, base) = (self.heads.len(), self.stack.len());
            self.stack.resize(base + size, 0);
            self.slots(&variant.slots, base)?;
            self.settle(start, base);
        }
        let start = self.at;
        self.take(close(parts))?;
        self.put(start)
    }

    fn slots(&mut self, slots: &'static [Slot], mut at: usize) -> Option<()> {
        for slot in slots {
            self.slot(slot, at)?;
            at += target(slot.ty).head;
        }
        Some(())
    }
}

/// What stands around so many items of a dict, if they are one batch.
pub(super) const fn dict_codes(count: usize) -> Option<(Option<u8>, u8)> {
    match count {
        1 => Some((None, op::SETITEM)),
        2..=BATCH => Some((Some(op::MARK), op::SETITEMS)),
        _ => None,
    }
}

/// The slots of an object and its parents, if there are any.
pub(super) fn flat_slots(object: &'static Object, at: usize, slots: &mut Vec<Placed>) -> Option<()> {
    let mut at = at;
    for (order, slot) in object.slots.iter().enumerate() {
        let schema = target(slot.ty);
        match &schema.kind {
            Kind::Object(parent) if order == 0 && object.has_parent => flat_slots(parent, at, slots).unwrap_or(()),
            _ => slots.push((slot, at)),
        }
        at += schema.head;
    }
    (!slots.is_empty()).then_some(())
}

/// The attributes of an object, its parents' among them.
fn count_names(object: &'static Object) -> usize {
    let own = object.slots.len();
    match object.slots.first().map(|slot| &target(slot.ty).kind) {
        Some(Kind::Object(parent)) if object.has_parent => own - 1 + count_names(parent),
        _ => own,
    }
}

fn names_differ(object: &'static Object) -> bool {
    let mut slots = Vec::new();
    let _ = flat_slots(object, 0, &mut slots);
    let names: BTreeSet<&str> = slots.iter().map(|(slot, _)| &*slot.name).collect();
    names.len() == slots.len()
}

//! Makes the operations of objects, whatever their form in Python.

use crate::order::sorted;
use crate::places::Words;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::cell::Cell;

use super::planner::{Planner, is_number};
use super::{Around, BATCH, Class, Cython, ObjectOp, Op, Slots, target};
use crate::pickle::decode::fast::memo::NOTHING;
use crate::pickle::opcode as op;
use crate::protocol::layout::option_is_inline;
use crate::schema::{Form, Kind, Nodes, Object, Schema, Slot};
use crate::standard::Known;
use crate::walk::{checksum, count_slots};

impl Planner<'_> {
    pub fn object(&mut self, object: &'static Object, place: usize) -> Option<()> {
        let mut slots = Vec::new();
        flat_slots(object, place, &mut slots);
        let mut names = Words::default();
        let are_different = slots.iter().all(|(slot, _)| names.meet(slot.name.as_bytes()));
        match object.form {
            // If several attributes have the same name, a dict keeps the last.
            Form::Dict | Form::Slots | Form::Cython if !are_different => self.ops.push(Op::Unknown),
            Form::Dict | Form::Slots => self.attributes(object, &slots)?,
            Form::Cython => self.cython(object, &slots)?,
            Form::Range if slots.iter().all(|(slot, _)| matches!(target(slot.ty).kind, Kind::Int { .. })) => {
                self.range(&slots)?;
            }
            _ => self.state(object, &slots)?,
        }
        Some(())
    }

    /// Adds the operation that makes an object, and returns its index.
    fn made(&mut self, tag: &'static str, [takes_state, takes_arguments]: [bool; 2], is_bare: bool) -> usize {
        self.depth += 1;
        let depth = self.depth as u8 - 1;
        let class = Class::new(tag);
        let is_old = takes_state && self.plans.is_old;
        let made = ObjectOp { class, skip: 0, depth, takes_state, takes_arguments, is_bare, is_old, slots: None };
        self.ops.push(Op::Object(Box::new(made)));
        self.ops.len() - 1
    }

    fn end(&mut self, made: usize, slots: Option<Slots>) {
        self.depth -= 1;
        let ops = self.since(made);
        match self.ops.get_mut(made) {
            Some(Op::Object(made)) => (made.skip, made.slots) = (ops, slots),
            Some(Op::Cython(made)) => made.skip = ops,
            _ => {}
        }
    }

    fn end_object(&mut self) {
        let depth = self.depth as u8 - 1;
        self.ops.push(Op::EndObject { depth });
    }

    /// Adds the operations of a state that is a tuple of the slots.
    fn state(&mut self, object: &'static Object, slots: &[Placed]) -> Option<()> {
        let count = count_slots(Nodes::NONE, object);
        let made = self.made(&object.name, [true, true], count == 0);
        if count > 0 {
            let open = self.open(count);
            for (slot, at) in slots {
                self.slot(slot, *at, false)?;
            }
            self.close(open, count);
            self.end_object();
        }
        self.end(made, None);
        Some(())
    }

    fn attributes(&mut self, object: &'static Object, slots: &[Placed]) -> Option<()> {
        let made = self.made(&object.name, [true, false], slots.is_empty());
        let (depth, is_text) = (self.depth as u8 - 1, self.plans.is_text);
        let around = |at| is_text.then_some(Op::Attributes { depth, at });
        let is_pair = object.form == Form::Slots;
        let by_name = match slots.len() {
            0 => None,
            1..=BATCH => {
                let is_one = slots.len() == 1;
                let pair = is_pair.then(|| self.open(2));
                self.ops.extend(is_pair.then_some(Op::Code(op::NONE)));
                self.ops.push(around(Around::Open).unwrap_or(Op::Put(op::EMPTY_DICT)));
                self.ops.extend((!is_one && !is_text).then_some(Op::Code(op::MARK)));
                for (slot, at) in slots {
                    self.ops.push(Op::Name { name: &slot.name, seen: Cell::new(NOTHING) });
                    self.slot(slot, *at, true)?;
                    self.ops.extend(around(Around::Each));
                }
                let close = Op::Code(if is_one { op::SETITEM } else { op::SETITEMS });
                self.ops.push(around(Around::Close).unwrap_or(close));
                if let Some(pair) = pair {
                    self.close(pair, 2);
                }
                self.end_object();
                (!is_text).then(|| Slots::new(slots, is_pair))
            }
            _ => {
                self.ops.push(Op::Unknown);
                None
            }
        };
        self.end(made, by_name);
        Some(())
    }

    fn range(&mut self, slots: &[Placed]) -> Option<()> {
        let made = self.made("builtins.range", [false, true], false);
        self.ops.extend(self.plans.is_old.then_some(Op::Code(op::MARK)));
        for (slot, at) in slots {
            self.slot(slot, *at, false)?;
        }
        self.ops.push(Op::EndRange);
        self.end_object();
        self.end(made, None);
        Some(())
    }

    /// Adds the operations of `__pyx_unpickle_C(C, checksum, None)` and the members in the order of their names.
    fn cython(&mut self, object: &'static Object, slots: &[Placed]) -> Option<()> {
        let sorted = sorted(slots, |(a, _), (b, _)| a.name.cmp(&b.name));
        let names: Vec<&str> = sorted.iter().map(|(slot, _)| &*slot.name).collect();
        let checksum = checksum::of(&names);
        let (class, maker) = (Class::new(&object.name), Cell::new(NOTHING));
        let start = self.ops.len();
        self.depth += 1;
        self.ops.push(Op::Cython(Box::new(Cython { maker, class, checksum, skip: 0 })));
        if sorted.is_empty() {
            self.empty_tuple();
        } else {
            let open = self.open(sorted.len());
            let is_any_order = sorted.iter().filter(|(slot, _)| !is_in_head(target(slot.ty))).count() < 2;
            if is_any_order || slots.is_sorted_by_key(|(slot, _)| &*slot.name) {
                for (slot, at) in &sorted {
                    self.slot(slot, *at, true)?;
                }
            } else {
                self.ops.push(Op::Slots(Box::new(Slots::by_name(slots))));
            }
            self.close(open, sorted.len());
        }
        self.ops.push(Op::Code(op::BUILD));
        self.end(start, None);
        Some(())
    }
}

/// A slot, and the position of its head.
pub(in crate::pickle::decode::fast) type Placed = (&'static Slot, usize);

/// Collects the slots of an object, those of its parents first.
fn flat_slots(object: &'static Object, mut at: usize, slots: &mut Vec<Placed>) {
    for (order, slot) in object.slots.iter().enumerate() {
        let schema = target(slot.ty);
        match &schema.kind {
            Kind::Object(parent) if order == 0 && object.has_parent => flat_slots(parent, at, slots),
            _ => slots.push((slot, at)),
        }
        at += schema.head;
    }
}

/// Returns whether values of a type are entirely in their head.
fn is_in_head(schema: &'static Schema) -> bool {
    match &schema.kind {
        Kind::Seconds { .. } | Kind::Unit => true,
        Kind::Known(known) => !matches!(known, Known::Int | Known::Natural),
        Kind::Optional(of) => option_is_inline(target(*of).head) && is_in_head(target(*of)),
        Kind::Tuple(items) => items.iter().all(|&item| is_in_head(target(item))),
        Kind::Array(of, _) => is_in_head(target(*of)),
        _ => is_number(schema),
    }
}

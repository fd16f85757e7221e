//! Plans of objects and enums, in each of the forms that `#[state(pickle = "..")]` gives them.

use crate::order::order;
use crate::places::Words;
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use super::global::{Global, Known};
use super::group::{dict_codes, tuple_codes};
use super::plan::{Sorted, Step, Variants, Width, Word};
use super::planner::{Planner, Steps, target};
use crate::error::{Error, ErrorKind, Result};
use crate::pickle::Protocol;
use crate::pickle::opcode::{BUILD, EMPTY_TUPLE, NEWOBJ, NONE, REDUCE};
use crate::protocol::layout::{enum_is_inline, tag_head};
use crate::schema::fingerprint::identity;
use crate::schema::{Enum, Form, Kind, Nodes, Object, Open, Slot};
use crate::walk::checksum;

/// A slot, and the position of its head.
type Placed = (&'static Slot, usize);

impl Planner {
    /// Adds the steps of an object, whose head is at `at`, and which may be kept.
    pub fn object(&mut self, object: &'static Object, (at, kept): (usize, bool), steps: &mut Steps<'_>) -> Result<()> {
        let class = Global::of_tag(&object.name);
        let mut slots = Vec::new();
        flat_slots(object, at, &mut slots);
        if object.form == Form::Cython {
            return self.cython(class, (&slots, kept), steps);
        }
        if object.form == Form::Call || object.form == Form::Range && slots.iter().all(is_integer) {
            let class = if object.form == Form::Call { class } else { Global::new("builtins", "range") };
            steps.push(Step::Word(self.global(class)));
            self.tuple_state(None, &slots, steps)?;
            steps.code(&[REDUCE]);
            return Ok(());
        }
        self.making(kept, steps, |this, steps| this.made(class, steps))?;
        if slots.is_empty() {
            return Ok(());
        }
        match object.form {
            Form::Dict => self.dict_state(&slots, steps)?,
            Form::Slots => self.slots_state(&slots, steps)?,
            _ => self.tuple_state(None, &slots, steps)?,
        }
        steps.code(&[BUILD]);
        Ok(())
    }

    /// Adds the steps that make an object without its state. For a kept one they are a row of their own, which can be
    /// run before the object's turn.
    fn making(
        &mut self,
        kept: bool,
        steps: &mut Steps<'_>,
        make: impl FnOnce(&mut Self, &mut Steps<'_>),
    ) -> Result<()> {
        if !kept {
            make(self, steps);
            return Ok(());
        }
        let row = self.own_row(0, false, |this, steps| {
            make(this, steps);
            Ok(())
        })?;
        steps.push(Step::Made { row });
        Ok(())
    }

    /// Adds the steps that make an object without calling its constructor.
    pub fn made(&mut self, class: Global<'_>, steps: &mut Steps<'_>) {
        let class = self.global(class);
        if self.protocol >= Protocol::V2 {
            steps.push(Step::Word(class));
            return steps.code(&[EMPTY_TUPLE, NEWOBJ]);
        }
        self.called(Step::Known(Known::Reconstructor), steps, |steps| {
            steps.push(Step::Word(class));
            steps.push(Step::Known(Known::Object));
        });
    }

    /// Adds a call of a function with two arguments and `None`.
    fn called(&self, function: Step, steps: &mut Steps<'_>, two: impl FnOnce(&mut Steps<'_>)) {
        let (open, close) = tuple_codes(self.protocol, 3);
        steps.push(function);
        steps.code(open);
        two(steps);
        steps.code(&[NONE]);
        steps.code(close);
        steps.code(&[REDUCE]);
    }

    /// Adds the flat tuple, in which a counted array takes two items; that of a variant begins with its name.
    fn tuple_state(&mut self, name: Option<&str>, slots: &[Placed], steps: &mut Steps<'_>) -> Result<()> {
        let places = slots.iter().map(|(slot, _)| 1 + usize::from(is_counted(slot)));
        let (open, close) = tuple_codes(self.protocol, usize::from(name.is_some()) + places.sum::<usize>());
        steps.code(open);
        if let Some(name) = name {
            let name = self.word(Word::Text(name.into()));
            steps.push(Step::Word(name));
        }
        for &(slot, at) in slots {
            match &target(slot.ty).kind {
                Kind::Raw(raw) if raw.counted => {
                    steps.push(self.raw(raw, true, at).map_err(|error| error.within(&slot.name))?);
                    steps.push(Step::Int { at: at + usize::from(raw.optional), width: Width::U64 });
                }
                _ => self.slot(slot, at, steps)?,
            }
        }
        steps.code(close);
        Ok(())
    }

    fn slot(&mut self, slot: &'static Slot, at: usize, steps: &mut Steps<'_>) -> Result<()> {
        self.steps(target(slot.ty), at, steps).map_err(|error| error.within(&slot.name))
    }

    /// Adds a dict of the slots by name, in which a counted array is one value: its bytes.
    fn dict_state(&mut self, slots: &[Placed], steps: &mut Steps<'_>) -> Result<()> {
        differ(slots)?;
        let (open, close) = dict_codes(self.protocol, slots.len());
        steps.code(open);
        for &(slot, at) in slots {
            let name = self.word(Word::Text(slot.name.to_string()));
            steps.push(Step::Word(name));
            self.slot(slot, at, steps)?;
        }
        steps.code(close);
        Ok(())
    }

    /// Adds the pair of `None` and that dict: the first is the `__dict__`, which an object with `__slots__` does not
    /// have.
    fn slots_state(&mut self, slots: &[Placed], steps: &mut Steps<'_>) -> Result<()> {
        let (open, close) = tuple_codes(self.protocol, 2);
        steps.code(open);
        steps.code(&[NONE]);
        self.dict_state(slots, steps)?;
        steps.code(close);
        Ok(())
    }

    /// Adds `__pyx_unpickle_C(C, checksum, None)`, and the members in the order of their names.
    fn cython(&mut self, class: Global<'_>, (slots, kept): (&[Placed], bool), steps: &mut Steps<'_>) -> Result<()> {
        differ(slots)?;
        let order = order(slots.len(), &|a, b| slots[a].0.name.cmp(&slots[b].0.name));
        let names: Vec<&str> = order.iter().map(|&at| &*slots[at].0.name).collect();
        let sum = checksum::of(&names);
        let maker = self.global(Global { module: class.module, name: &["__pyx_unpickle_", class.name].concat() });
        let class = self.global(class);
        self.making(kept, steps, |this, steps| {
            this.called(Step::Word(maker), steps, |steps| {
                steps.push(Step::Word(class));
                steps.push(Step::Constant(sum.into()));
            });
        })?;
        let (open, close) = tuple_codes(self.protocol, slots.len());
        steps.code(open);
        if order.is_sorted() {
            for &(slot, at) in slots {
                self.slot(slot, at, steps)?;
            }
        } else {
            let mut rows = Vec::new();
            for &(slot, at) in slots {
                rows.push((self.row(target(slot.ty)).map_err(|error| error.within(&slot.name))?, at));
            }
            self.plan.sorted.push(Sorted { slots: rows, order });
            steps.push(Step::Sorted { sorted: self.plan.sorted.len() - 1 });
        }
        steps.code(close);
        steps.code(&[BUILD]);
        Ok(())
    }

    pub fn enumeration(&mut self, of: &'static Enum, at: usize, kept: bool) -> Result<Step> {
        let mut placed = Vec::new();
        for variant in of.variants.iter() {
            let mut head = 0;
            let mut slots = Vec::new();
            for slot in variant.slots.iter() {
                slots.push((slot, head));
                head += target(slot.ty).head;
            }
            placed.push((variant, slots, head));
        }
        let inline = enum_is_inline(placed.iter().map(|&(.., head)| head).max().unwrap_or(0));
        let mut rows = Vec::new();
        for (variant, slots, head) in placed {
            let row = self.own_row(head, kept, |this, steps| {
                if let Some((object, _)) = of.member(variant, Nodes::NONE) {
                    return this.steps(object, 0, steps);
                }
                steps.take_kept();
                if of.form == Form::Enum && slots.is_empty() {
                    let class = this.global(Global::of_tag(&of.name));
                    let member = this.word(Word::Member { class, name: variant.name.to_string() });
                    steps.push(if kept { Step::Member { word: member } } else { Step::Word(member) });
                    return Ok(());
                }
                this.tuple_state(Some(&variant.name), &slots, steps).map_err(|error| error.within(&variant.name))
            })?;
            rows.push((row, inline || head == 0));
        }
        self.plan.enums.push(Variants { tag: tag_head(of.variants.len()), rows });
        Ok(Step::Enum { at, variants: self.plan.enums.len() - 1 })
    }
}

impl Planner {
    /// Returns the step of an open set: its types are written as objects of their class, or as variants.
    pub fn open_set(&mut self, open: &'static Open, at: usize, kept: bool) -> Result<Step> {
        let mut rows = Vec::new();
        for member in open.all() {
            let schema = (member.schema)();
            // It has no values here: weak references in it would have no numbers, or it contains Python objects.
            if !self.numbered && identity(schema).sharing.shared || schema.holds_python() {
                continue;
            }
            let row = self.own_row(schema.head, kept, |this, steps| match &schema.kind {
                Kind::Object(_) => this.steps(schema, 0, steps),
                _ => {
                    steps.take_kept();
                    let (open, close) = tuple_codes(this.protocol, 2);
                    steps.code(open);
                    let tag = this.word(Word::Text(member.tag.into()));
                    steps.push(Step::Word(tag));
                    this.steps(schema, 0, steps)?;
                    steps.code(close);
                    Ok(())
                }
            })?;
            rows.push((member, row));
        }
        self.plan.sets.push(rows);
        Ok(Step::Open { at, set: self.plan.sets.len() - 1 })
    }
}

/// Collects the slots of an object, its parent's before its own.
fn flat_slots(object: &'static Object, mut at: usize, flat: &mut Vec<Placed>) {
    for (index, slot) in object.slots.iter().enumerate() {
        let schema = target(slot.ty);
        match &schema.kind {
            Kind::Object(parent) if index == 0 && object.has_parent => flat_slots(parent, at, flat),
            _ => flat.push((slot, at)),
        }
        at += schema.head;
    }
}

fn is_integer((slot, _): &Placed) -> bool {
    matches!(target(slot.ty).kind, Kind::Int { .. })
}

fn is_counted(slot: &Slot) -> bool {
    matches!(&target(slot.ty).kind, Kind::Raw(raw) if raw.counted)
}

/// Tests that slots which are known by name have different names, those of the parent included.
fn differ(slots: &[Placed]) -> Result<()> {
    let mut seen = Words::default();
    match slots.iter().find(|(slot, _)| !seen.meet(slot.name.as_bytes())) {
        None => Ok(()),
        Some((slot, _)) => {
            let found = format!("two named {}, one of them the parent's", slot.name);
            Err(Error::new(ErrorKind::Unwritable, "slots of different names, as the type is pickled by them", found))
        }
    }
}

//! How plans are made of schemas.

use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::Cell;

use super::NOTHING;
use super::learned::Learned;
use super::plan::{
    Around, BATCH, Class, Codes, Cython, Group, LEAST, Made, NESTED, Op, Plan, Span, Standard, Variants, target,
    tuple_code,
};
use super::unordered::Slots;
use crate::pickle::opcode as op;
use crate::protocol::layout::{option_is_inline, stride};
use crate::schema::{Form, Kind, Link, Nodes, Object, Schema, Slot};
use crate::standard::Known;
use crate::walk::{can_be_none, can_become_one, checksum, count_slots, is_byte};

/// A plan of more operations has what follows in others.
const MOST_OPS: usize = 256;

/// Arrays of more items have a plan for their items.
const MOST_ITEMS: u64 = 16;

/// The plans of a pickle, by number.
#[derive(Default)]
pub(super) struct Plans {
    entries: Vec<Entry>,
    /// Whether the pickle has the tuples and objects of protocols 0 and 1, and the lists and dicts of protocol 0.
    pub is_old: bool,
    pub is_text: bool,
}

/// What a plan is of: a value or, if there are two, a key and its value.
type Parts = (&'static Schema, Option<&'static Schema>);

struct Entry {
    parts: Parts,
    plan: Option<Rc<Plan>>,
}

impl Plans {
    pub fn of_value(&mut self, schema: &'static Schema) -> u32 {
        self.of((schema, None))
    }

    fn of(&mut self, parts: Parts) -> u32 {
        let address = |(first, second): Parts| (core::ptr::from_ref(first), second.map(core::ptr::from_ref));
        let known = self.entries.iter().position(|entry| address(entry.parts) == address(parts));
        let number = known.unwrap_or_else(|| {
            self.entries.push(Entry { parts, plan: None });
            self.entries.len() - 1
        });
        number as u32
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn get(&mut self, number: u32) -> Option<Rc<Plan>> {
        match &self.entries.get(number as usize)?.plan {
            Some(plan) => Some(Rc::clone(plan)),
            None => self.make(number),
        }
    }

    #[cold]
    fn make(&mut self, number: u32) -> Option<Rc<Plan>> {
        let (first, second) = self.entries.get(number as usize)?.parts;
        let mut planner = Planner::new(self);
        planner.value(first, 0)?;
        if let Some(second) = second {
            planner.value(second, first.head)?;
        }
        let head = first.head.checked_add(second.map_or(0, |second| second.head))?;
        let mut plan = planner.plan(head);
        plan.values = [Some((first, 0)), second.map(|second| (second, first.head))].into_iter().flatten().collect();
        let plan = Rc::new(plan);
        self.entries.get_mut(number as usize)?.plan = Some(Rc::clone(&plan));
        Some(plan)
    }

    /// The plan of a slot that stands by its name.
    #[cold]
    pub fn of_slot(&mut self, slot: &'static Slot) -> Option<Plan> {
        let mut planner = Planner::new(self);
        planner.slot(slot, 0, true)?;
        Some(planner.plan(target(slot.ty).head))
    }

    /// The plan of a variant's slots.
    #[cold]
    pub fn of_variant(&mut self, slots: &'static [Slot]) -> Option<Plan> {
        let mut planner = Planner::new(self);
        let head = planner.slots(slots, 0)?;
        Some(planner.plan(head))
    }
}

struct Planner<'a> {
    plans: &'a mut Plans,
    ops: Vec<Op>,
    spans: Vec<Span>,
    /// How many tuples and objects are open, and how many parts of any kind.
    depth: usize,
    deep: u32,
    deepest: u32,
}

impl<'a> Planner<'a> {
    fn new(plans: &'a mut Plans) -> Self {
        Self { plans, ops: Vec::with_capacity(16), spans: Vec::new(), depth: 0, deep: 0, deepest: 0 }
    }

    fn plan(mut self, head: usize) -> Plan {
        // Of those that begin with the same operation, the inner ones were there first.
        self.spans.reverse();
        self.spans.sort_by_key(|span| span.from);
        Plan {
            ops: self.ops,
            size: stride(head),
            is_empty: head == 0,
            deepest: self.deepest,
            spans: self.spans,
            values: Vec::new(),
            learned: Learned::default(),
        }
    }

    fn value(&mut self, schema: &'static Schema, place: usize) -> Option<()> {
        let from = self.ops.len() as u32;
        self.operations(schema, place)?;
        let to = self.ops.len() as u32;
        self.spans.push(Span { from, to, schema, at: place });
        Some(())
    }

    fn operations(&mut self, schema: &'static Schema, place: usize) -> Option<()> {
        let at = u32::try_from(place).ok()?;
        let op = match &schema.kind {
            Kind::Bool => Op::Bool(at),
            Kind::Int { bits, signed, nonzero } => {
                self.ops.push(int(*bits, *signed, at));
                if !nonzero {
                    return Some(());
                }
                Op::NonZero { at, size: u32::from(*bits) / 8 }
            }
            Kind::Float { bits: 32 } => Op::Single(at),
            Kind::Float { .. } => Op::Double(at),
            Kind::Str => Op::Text(at),
            Kind::Char => Op::Char(at),
            Kind::Unit => {
                self.empty_tuple();
                return Some(());
            }
            Kind::Known(known) => {
                Op::Standard(Box::new(Standard { at, known: *known, seen: [const { Cell::new(NOTHING) }; 3] }))
            }
            Kind::List(of) if is_byte(target(*of)) => Op::Bytes(at),
            Kind::Array(of, len) if is_byte(target(*of)) => Op::ByteArray { at, len: u32::try_from(*len).ok()? },
            // It may hold any value.
            Kind::Serde => return None,
            _ => return self.parted(schema, place),
        };
        self.ops.push(op);
        Some(())
    }

    /// What has parts of its own.
    fn parted(&mut self, schema: &'static Schema, place: usize) -> Option<()> {
        let outer = self.deep;
        self.deep += 1;
        self.deepest = self.deepest.max(self.deep);
        self.parts(schema, place)?;
        self.deep = outer;
        Some(())
    }

    fn parts(&mut self, schema: &'static Schema, place: usize) -> Option<()> {
        let (at, deep) = (u32::try_from(place).ok()?, self.deep.max(LEAST));
        let is_text = self.plans.is_text;
        let group = |codes: Codes, plan| {
            let codes = if is_text { codes.marked() } else { codes };
            Op::Group(Box::new(Group { at, codes, plan, called: Cell::new(NOTHING), exactly: None, deep }))
        };
        let is_full = self.depth == NESTED || self.ops.len() > MOST_OPS;
        let op = match &schema.kind {
            Kind::Object(_) | Kind::Tuple(_) | Kind::Seconds { .. } if is_full => {
                Op::Part { at, plan: self.plans.of_value(schema), deep }
            }
            Kind::Tuple(items) => return self.tuple(items, place),
            Kind::Seconds { signed } => return self.seconds(*signed, at),
            Kind::Optional(of) => return self.optional(target(*of), place),
            Kind::List(of) => group(Codes::LIST, self.plans.of_value(target(*of))),
            // The machine compares those that differ with what they become.
            Kind::Set(key) | Kind::Map(key, _) if can_become_one(Nodes::NONE, target(*key)) => Op::Unknown,
            Kind::Set(of) => group(Codes::SET, self.plans.of_value(target(*of))),
            Kind::Map(key, value) => group(Codes::DICT, self.plans.of((target(*key), Some(target(*value))))),
            Kind::Array(of, len) => return self.array((target(*of), *len), place, deep),
            Kind::Boxed(of) => Op::Boxed { plan: self.plans.of_value(target(*of)), deep },
            Kind::Object(object) => return self.object(object, place),
            // Which type it is, its class says.
            Kind::Enum(of) if of.form == Form::Dynamic => Op::Unknown,
            Kind::Enum(of) => Op::Enum(Box::new(Variants::new(of, at, deep))),
            _ => Op::Unknown,
        };
        self.ops.push(op);
        Some(())
    }

    fn optional(&mut self, inner: &'static Schema, place: usize) -> Option<()> {
        let at = u32::try_from(place).ok()?;
        let start = self.ops.len();
        self.ops.push(Op::Unknown);
        // What could be absent itself stands in a tuple.
        let wrapped = can_be_none(Nodes::NONE, inner);
        let open = if wrapped { Some(self.open(1)) } else { None };
        if option_is_inline(inner.head) {
            self.value(inner, place + 1)?;
        } else {
            let deep = self.deep.max(LEAST);
            let plan = self.plans.of_value(inner);
            self.ops.push(Op::Boxed { plan, deep });
        }
        if let Some(open) = open {
            self.close(open, 1);
        }
        self.ops[start] = Op::Optional { at, skip: (self.ops.len() - start - 1) as u32, wrapped };
        Some(())
    }

    /// The begin of a tuple; where it stands among the operations.
    fn open(&mut self, count: usize) -> usize {
        self.ops.push(Op::Tuple {
            marked: count > 3 || self.plans.is_old,
            depth: self.depth as u8,
            skip: 0,
            is_plain: false,
        });
        self.depth += 1;
        self.ops.len() - 1
    }

    fn close(&mut self, open: usize, count: usize) {
        self.depth -= 1;
        let code = tuple_code(count, self.plans.is_old);
        self.ops.push(Op::EndTuple { code, depth: self.depth as u8 });
        self.tuple_ends(open);
    }

    fn empty_tuple(&mut self) {
        match self.plans.is_text {
            true => self.ops.extend([Op::Code(op::MARK), Op::Code(op::TUPLE)]),
            false => self.ops.push(Op::Code(op::EMPTY_TUPLE)),
        }
    }

    fn tuple_ends(&mut self, open: usize) {
        let ops = (self.ops.len() - open - 1) as u32;
        let is_number = self.ops.get(open + 1).is_some_and(Op::is_number);
        if let Some(Op::Tuple { skip, is_plain, .. }) = self.ops.get_mut(open) {
            (*skip, *is_plain) = (ops, is_number);
        }
    }

    fn tuple(&mut self, items: &'static [Link], place: usize) -> Option<()> {
        if items.is_empty() {
            self.empty_tuple();
            return Some(());
        }
        let (open, mut place) = (self.open(items.len()), place);
        for &item in items {
            self.value(target(item), place)?;
            place += target(item).head;
        }
        self.close(open, items.len());
        Some(())
    }

    fn seconds(&mut self, signed: bool, at: u32) -> Option<()> {
        let start = self.ops.len();
        self.ops.push(Op::Seconds { at, signed, skip: 0 });
        let open = self.open(2);
        self.ops.push(int(64, signed, at));
        self.ops.push(Op::U32(at.checked_add(8)?));
        self.close(open, 2);
        self.ops[start] = Op::Seconds { at, signed, skip: (self.ops.len() - start - 1) as u32 };
        Some(())
    }

    fn array(&mut self, (of, len): (&'static Schema, u64), place: usize, deep: u32) -> Option<()> {
        let plan = self.plans.of_value(of);
        let is_short = (2..=MOST_ITEMS).contains(&len) && is_number(of) && !self.plans.is_text;
        if !is_short {
            let exactly = Some(usize::try_from(len).ok()?);
            let codes = if self.plans.is_text { Codes::LIST.marked() } else { Codes::LIST };
            let (at, called) = (u32::try_from(place).ok()?, Cell::new(NOTHING));
            self.ops.push(Op::Group(Box::new(Group { at, codes, plan, called, exactly, deep })));
            return Some(());
        }
        self.ops.extend([Op::Put(op::EMPTY_LIST), Op::Code(op::MARK)]);
        for item in 0..len as usize {
            self.value(of, place + item * of.head)?;
        }
        self.ops.push(Op::Code(op::APPENDS));
        Some(())
    }

    /// A slot of a flat state, or of attributes if it is named.
    fn slot(&mut self, slot: &'static Slot, place: usize, is_named: bool) -> Option<()> {
        match &target(slot.ty).kind {
            Kind::Raw(raw) if raw.array => self.ops.push(Op::Unknown),
            Kind::Raw(raw) => {
                let at = u32::try_from(place).ok()?;
                self.ops.push(Op::Raw { at, raw, counted: raw.counted && !is_named });
            }
            _ => self.value(target(slot.ty), place)?,
        }
        Some(())
    }

    /// Slots one behind the other; where they end.
    fn slots(&mut self, slots: &'static [Slot], mut place: usize) -> Option<usize> {
        for slot in slots {
            self.slot(slot, place, false)?;
            place = place.checked_add(target(slot.ty).head)?;
        }
        Some(place)
    }

    fn object(&mut self, object: &'static Object, place: usize) -> Option<()> {
        let mut slots = Vec::new();
        flat_slots(object, place, &mut slots);
        let names: BTreeSet<&str> = slots.iter().map(|(slot, _)| &*slot.name).collect();
        match object.form {
            // Of attributes that have one name, a dict keeps the last.
            Form::Dict | Form::Cython if names.len() < slots.len() => self.ops.push(Op::Unknown),
            Form::Dict => self.attributes(object, &slots)?,
            Form::Cython => self.cython(object, &slots)?,
            Form::Range if slots.iter().all(|(slot, _)| matches!(target(slot.ty).kind, Kind::Int { .. })) => {
                self.range(&slots)?;
            }
            _ => self.state(object, &slots)?,
        }
        Some(())
    }

    /// What makes an object; where it stands among the operations.
    fn made(&mut self, tag: &'static str, [takes_state, takes_arguments]: [bool; 2], is_bare: bool) -> usize {
        self.depth += 1;
        let depth = self.depth as u8 - 1;
        let class = Class::new(tag);
        let is_old = takes_state && self.plans.is_old;
        let made = Made { class, skip: 0, depth, takes_state, takes_arguments, is_bare, is_old, slots: None };
        self.ops.push(Op::Object(Box::new(made)));
        self.ops.len() - 1
    }

    fn end(&mut self, made: usize, slots: Option<Slots>) {
        self.depth -= 1;
        let ops = (self.ops.len() - made - 1) as u32;
        match self.ops.get_mut(made) {
            Some(Op::Object(made)) => (made.skip, made.slots) = (ops, slots),
            Some(Op::Cython(made)) => made.skip = ops,
            _ => {}
        }
    }

    fn state(&mut self, object: &'static Object, slots: &[Placed]) -> Option<()> {
        let count = count_slots(Nodes::NONE, object);
        let made = self.made(&object.name, [true, true], count == 0);
        if count > 0 {
            self.flat(slots, count)?;
            let depth = self.depth as u8 - 1;
            self.ops.push(Op::EndObject { depth });
        }
        self.end(made, None);
        Some(())
    }

    /// A tuple of the slots. An object is made of it, whatever the tuple itself is called in the memo.
    fn flat(&mut self, slots: &[Placed], count: usize) -> Option<()> {
        let open = self.open(count);
        for (slot, at) in slots {
            self.slot(slot, *at, false)?;
        }
        self.close(open, count);
        Some(())
    }

    fn attributes(&mut self, object: &'static Object, slots: &[Placed]) -> Option<()> {
        let made = self.made(&object.name, [true, false], slots.is_empty());
        let (open, close) = match slots.len() {
            0 => {
                self.end(made, None);
                return Some(());
            }
            _ if self.plans.is_text => return self.attributes_of_text(made, slots),
            1 => (None, op::SETITEM),
            2..=BATCH => (Some(op::MARK), op::SETITEMS),
            _ => {
                self.ops.push(Op::Unknown);
                self.end(made, None);
                return Some(());
            }
        };
        let depth = self.depth as u8 - 1;
        self.ops.push(Op::Put(op::EMPTY_DICT));
        self.ops.extend(open.map(Op::Code));
        for (slot, at) in slots {
            self.ops.push(Op::Name { name: &slot.name, seen: Cell::new(NOTHING) });
            self.slot(slot, *at, true)?;
        }
        self.ops.extend([Op::Code(close), Op::EndObject { depth }]);
        self.end(made, Some(Slots::new(slots)));
        Some(())
    }

    fn attributes_of_text(&mut self, made: usize, slots: &[Placed]) -> Option<()> {
        let depth = self.depth as u8 - 1;
        self.ops.push(Op::Attributes { depth, at: Around::Open });
        for (slot, at) in slots {
            self.ops.push(Op::Name { name: &slot.name, seen: Cell::new(NOTHING) });
            self.slot(slot, *at, true)?;
            self.ops.push(Op::Attributes { depth, at: Around::Each });
        }
        self.ops.extend([Op::Attributes { depth, at: Around::Close }, Op::EndObject { depth }]);
        self.end(made, None);
        Some(())
    }

    fn range(&mut self, slots: &[Placed]) -> Option<()> {
        let made = self.made("builtins.range", [false, true], false);
        let depth = self.depth as u8 - 1;
        self.ops.extend(self.plans.is_old.then_some(Op::Code(op::MARK)));
        for (slot, at) in slots {
            self.slot(slot, *at, false)?;
        }
        self.ops.extend([Op::EndRange, Op::EndObject { depth }]);
        self.end(made, None);
        Some(())
    }

    /// `__pyx_unpickle_C(C, checksum, None)`, and the members in the order of their names.
    fn cython(&mut self, object: &'static Object, slots: &[Placed]) -> Option<()> {
        let mut sorted = slots.to_vec();
        sorted.sort_by_key(|(slot, _)| &*slot.name);
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
                let mut by_name = Slots::new(slots);
                by_name.sort();
                self.ops.push(Op::Slots(Box::new(by_name)));
            }
            self.close(open, sorted.len());
        }
        self.ops.push(Op::Code(op::BUILD));
        self.end(start, None);
        Some(())
    }
}

/// A slot, and the place of its head.
pub(super) type Placed = (&'static Slot, usize);

/// The slots of an object, those of its parents first.
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

fn is_number(schema: &Schema) -> bool {
    matches!(schema.kind, Kind::Bool | Kind::Int { .. } | Kind::Float { .. } | Kind::Char)
}

/// Whether all of a value stands in its head.
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

fn int(bits: u8, signed: bool, at: u32) -> Op {
    match (bits, signed) {
        (8, true) => Op::I8(at),
        (16, true) => Op::I16(at),
        (32, true) => Op::I32(at),
        (64, true) => Op::I64(at),
        (8, false) => Op::U8(at),
        (16, false) => Op::U16(at),
        (32, false) => Op::U32(at),
        (64, false) => Op::U64(at),
        (_, signed) => Op::Wide { at, signed },
    }
}

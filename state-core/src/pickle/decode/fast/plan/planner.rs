//! Makes plans of schemas.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::cell::Cell;

use super::{Codes, Group, Learned, NESTED, Of, Op, Plan, Plans, Span, Standard, UNSEEN, Variants, target, tuple_code};
use crate::order::sorted;
use crate::pickle::decode::fast::memo::{LEAST, NOTHING};
use crate::pickle::opcode as op;
use crate::protocol::layout::{option_is_inline, stride};
use crate::schema::{Form, Kind, Link, Nodes, Schema, Slot};
use crate::walk::{can_be_none, can_become_one};

/// The number of operations in a plan after which what follows is put in other plans.
const MOST_OPS: usize = 256;

/// The most items of an array whose operations are in the plan around it; longer ones have a plan for their items.
const MOST_ITEMS: u64 = 16;

pub(super) struct Planner<'a> {
    pub plans: &'a mut Plans,
    pub ops: Vec<Op>,
    spans: Vec<Span>,
    values: Vec<(&'static Schema, usize)>,
    /// The number of open tuples and objects, and in `deep` of open parts of any kind.
    pub depth: usize,
    deep: u32,
    deepest: u32,
}

impl<'a> Planner<'a> {
    pub fn new(plans: &'a mut Plans) -> Self {
        let (ops, spans, values) = (Vec::with_capacity(16), Vec::new(), Vec::new());
        Self { plans, ops, spans, values, depth: 0, deep: 0, deepest: 0 }
    }

    pub fn plan(mut self, head: usize) -> Plan {
        // Of spans that begin with the same operation, the inner ones were added first.
        self.spans.reverse();
        let spans = sorted(&self.spans, |a, b| a.from.cmp(&b.from));
        let Self { ops, values, deepest, .. } = self;
        Plan { ops, spans, values, deepest, size: stride(head), is_empty: head == 0, learned: Learned::default() }
    }

    /// Adds a value that the machine can read alone, and returns where its head ends.
    pub fn whole(&mut self, schema: &'static Schema, place: usize) -> Option<usize> {
        self.values.push((schema, place));
        self.value(schema, place)?;
        place.checked_add(schema.head)
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
            Kind::Known(known) => Op::Standard(Box::new(Standard { at, known: *known, seen: UNSEEN })),
            Kind::List(of) if target(*of).is_byte() => Op::Bytes(at),
            Kind::Array(of, len) if target(*of).is_byte() => Op::ByteArray { at, len: u32::try_from(*len).ok()? },
            // It may contain any value.
            Kind::Serde => return None,
            _ => return self.parted(schema, place),
        };
        self.ops.push(op);
        Some(())
    }

    /// Adds a value that has parts.
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
        let is_full = self.depth >= NESTED || self.ops.len() > MOST_OPS;
        let op = match &schema.kind {
            Kind::Object(_) | Kind::Tuple(_) | Kind::Seconds { .. } if is_full => {
                Op::Part { at, plan: self.plans.of(Of::Value(schema)), deep }
            }
            Kind::Tuple(items) => return self.tuple(items, place),
            Kind::Seconds { signed } => return self.seconds(*signed, at),
            Kind::Optional(of) => return self.optional(target(*of), place),
            Kind::List(of) => self.group(at, Codes::LIST, Of::Value(target(*of)), None),
            // Different keys can become one in the image: only the machine compares them.
            Kind::Set(key) | Kind::Map(key, _) if can_become_one(Nodes::NONE, target(*key)) => Op::Unknown,
            Kind::Set(of) => self.group(at, Codes::SET, Of::Value(target(*of)), None),
            Kind::Map(key, value) => self.group(at, Codes::DICT, Of::Entry(target(*key), target(*value)), None),
            Kind::Array(of, len) => self.array((target(*of), *len), place)?,
            Kind::Boxed(of) => Op::Boxed { plan: self.plans.of(Of::Value(target(*of))), deep },
            Kind::Object(object) => return self.object(object, place),
            // Its class determines the type.
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
        // A value that could be `None` itself is wrapped in a tuple.
        let wrapped = can_be_none(Nodes::NONE, inner);
        let open = if wrapped { Some(self.open(1)) } else { None };
        if option_is_inline(inner.head) {
            self.value(inner, place + 1)?;
        } else {
            let plan = self.plans.of(Of::Value(inner));
            self.ops.push(Op::Boxed { plan, deep: self.deep.max(LEAST) });
        }
        if let Some(open) = open {
            self.close(open, 1);
        }
        self.ops[start] = Op::Optional { at, skip: self.since(start), wrapped };
        Some(())
    }

    /// Begins a tuple, and returns the index of its operation.
    pub fn open(&mut self, count: usize) -> usize {
        let marked = count > 3 || self.plans.is_old;
        self.ops.push(Op::Tuple { marked, depth: self.depth as u8, skip: 0 });
        self.depth += 1;
        self.ops.len() - 1
    }

    pub fn close(&mut self, open: usize, count: usize) {
        self.depth -= 1;
        let code = tuple_code(count, self.plans.is_old);
        self.ops.push(Op::EndTuple { code, depth: self.depth as u8 });
        let ops = self.since(open);
        if let Some(Op::Tuple { skip, .. }) = self.ops.get_mut(open) {
            *skip = ops;
        }
    }

    /// Returns how many operations follow the one with this index.
    pub fn since(&self, op: usize) -> u32 {
        (self.ops.len() - op - 1) as u32
    }

    pub fn empty_tuple(&mut self) {
        match self.plans.is_text {
            true => self.ops.extend([Op::Code(op::MARK), Op::Code(op::TUPLE)]),
            false => self.ops.push(Op::Code(op::EMPTY_TUPLE)),
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
        self.ops[start] = Op::Seconds { at, signed, skip: self.since(start) };
        Some(())
    }

    fn group(&mut self, at: u32, codes: Codes, of: Of, exactly: Option<usize>) -> Op {
        let codes = if self.plans.is_text { codes.marked() } else { codes };
        let (plan, called, deep) = (self.plans.of(of), Cell::new(NOTHING), self.deep.max(LEAST));
        Op::Group(Box::new(Group { at, codes, plan, called, exactly, deep }))
    }

    /// Adds the items of an array, and returns its last operation.
    fn array(&mut self, (of, len): (&'static Schema, u64), place: usize) -> Option<Op> {
        let is_short = (2..=MOST_ITEMS).contains(&len) && is_number(of) && !self.plans.is_text;
        if !is_short {
            let exactly = Some(usize::try_from(len).ok()?);
            return Some(self.group(u32::try_from(place).ok()?, Codes::LIST, Of::Value(of), exactly));
        }
        self.ops.extend([Op::Put(op::EMPTY_LIST), Op::Code(op::MARK)]);
        for item in 0..len as usize {
            self.value(of, place + item * of.head)?;
        }
        Some(Op::Code(op::APPENDS))
    }

    /// Adds a slot of a flat state, or of attributes if it is named; returns where its head ends.
    pub fn slot(&mut self, slot: &'static Slot, place: usize, is_named: bool) -> Option<usize> {
        match &target(slot.ty).kind {
            Kind::Raw(raw) if raw.array => self.ops.push(Op::Unknown),
            Kind::Raw(raw) => {
                let at = u32::try_from(place).ok()?;
                self.ops.push(Op::Raw { at, raw, counted: raw.counted && !is_named });
            }
            _ => self.value(target(slot.ty), place)?,
        }
        place.checked_add(target(slot.ty).head)
    }
}

pub(super) fn is_number(schema: &Schema) -> bool {
    matches!(schema.kind, Kind::Bool | Kind::Int { .. } | Kind::Float { .. } | Kind::Char)
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

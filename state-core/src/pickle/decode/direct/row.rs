//! The plan of a row: what stands for an item of a group, as a flat list of operations, where it is nothing but numbers
//! and text in tuples and objects.

use alloc::vec::Vec;
use core::cell::Cell;

use super::object::{dict_codes, flat_slots};
use super::target;
use crate::layout::{option_is_inline, stride};
use crate::pickle::opcode::{BUILD, EMPTY_DICT, EMPTY_TUPLE, MARK, TUPLE, TUPLE1, TUPLE2, TUPLE3};
use crate::schema::{Form, Kind, Nodes, Object, Schema};
use crate::walk::can_be_none;

/// A position that no opcode has.
pub(super) const NOWHERE: u32 = u32::MAX;

/// Rows that are longer are read in the plain way: what is read in the quick way needs space ahead of it.
const MOST_OPS: usize = 64;
const MOST_BYTES: usize = 1024;

/// The type of an item: of a list or set one schema, of a map two.
pub(super) type Item = (*const Schema, *const Schema);

/// How an item is read in the quick way.
pub(super) struct Row {
    pub item: Item,
    /// None where it cannot.
    pub ops: Vec<Op>,
    /// The bytes of its head.
    pub size: usize,
    /// How many texts are in it.
    pub texts: usize,
}

/// What comes next; `at` is a place in the head.
pub(super) enum Op {
    Bool {
        at: u32,
    },
    I8 {
        at: u32,
    },
    I16 {
        at: u32,
    },
    I32 {
        at: u32,
    },
    I64 {
        at: u32,
    },
    U8 {
        at: u32,
    },
    U16 {
        at: u32,
    },
    U32 {
        at: u32,
    },
    U64 {
        at: u32,
    },
    Float {
        at: u32,
    },
    Double {
        at: u32,
    },
    Text {
        at: u32,
    },
    /// Nothing, and so many operations are left out, or what they read.
    Optional {
        at: u32,
        skip: u32,
    },
    /// A single opcode.
    Code(u8),
    /// An opcode, and what puts its value in the memo.
    Put(u8),
    /// The tuple's opcode, what puts it in the memo, and BUILD.
    Build(u8),
    /// A class from the memo, no arguments, NEWOBJ, and what puts the object in the memo. The class was last read there.
    Object {
        class: *const Schema,
        seen: Cell<u32>,
    },
    /// The name of an attribute, which was last read there.
    Name {
        name: &'static str,
        seen: Cell<u32>,
    },
}

impl Row {
    /// The row of what stands one behind the other in a head.
    pub fn new(item: Item, parts: &[&'static Schema]) -> Self {
        let mut steps = Steps { ops: Vec::new() };
        let (mut at, mut known) = (0, Some(()));
        for part in parts {
            known = known.and_then(|()| steps.value(part, at));
            at = at.saturating_add(part.head);
        }
        if known.is_none() || steps.ops.len() > MOST_OPS || at > MOST_BYTES {
            steps.ops.clear();
        }
        let texts = steps.ops.iter().filter(|op| matches!(op, Op::Text { .. })).count();
        Self { item, ops: steps.ops, size: stride(at), texts }
    }
}

struct Steps {
    ops: Vec<Op>,
}

impl Steps {
    fn push(&mut self, op: Op) -> Option<()> {
        self.ops.push(op);
        (self.ops.len() <= MOST_OPS).then_some(())
    }

    fn value(&mut self, schema: &'static Schema, place: usize) -> Option<()> {
        let at = u32::try_from(place).ok()?;
        let op = match &schema.kind {
            Kind::Bool => Op::Bool { at },
            Kind::Int { nonzero: true, .. } => return None,
            Kind::Int { bits, signed, .. } => int(*bits, *signed, at)?,
            Kind::Float { bits: 32 } => Op::Float { at },
            Kind::Float { .. } => Op::Double { at },
            Kind::Str => Op::Text { at },
            Kind::Unit => Op::Code(EMPTY_TUPLE),
            Kind::Tuple(items) if !items.is_empty() => {
                self.open(items.len())?;
                let mut place = place;
                for &item in items.iter() {
                    self.value(target(item), place)?;
                    place += target(item).head;
                }
                Op::Put(close(items.len()))
            }
            Kind::Optional(of) => return self.optional(target(*of), at),
            Kind::Object(object) => return self.object(schema, object, place),
            _ => return None,
        };
        self.push(op)
    }

    fn optional(&mut self, inner: &'static Schema, at: u32) -> Option<()> {
        if can_be_none(Nodes::NONE, inner) || !option_is_inline(inner.head) {
            return None;
        }
        let place = self.ops.len();
        self.push(Op::Optional { at, skip: 0 })?;
        self.value(inner, at as usize + 1)?;
        let skip = self.ops.len() - place - 1;
        self.ops[place] = Op::Optional { at, skip: skip as u32 };
        Some(())
    }

    fn open(&mut self, count: usize) -> Option<()> {
        if count > 3 { self.push(Op::Code(MARK)) } else { Some(()) }
    }

    fn object(&mut self, schema: &'static Schema, object: &'static Object, at: usize) -> Option<()> {
        let mut slots = Vec::new();
        flat_slots(object, at, &mut slots)?;
        self.push(Op::Object { class: schema, seen: Cell::new(NOWHERE) })?;
        match object.form {
            Form::State => {
                self.open(slots.len())?;
                for (slot, at) in &slots {
                    self.value(target(slot.ty), *at)?;
                }
                self.push(Op::Build(close(slots.len())))
            }
            Form::Dict => {
                let (open, close) = dict_codes(slots.len())?;
                self.push(Op::Put(EMPTY_DICT))?;
                open.map_or(Some(()), |mark| self.push(Op::Code(mark)))?;
                for (slot, at) in &slots {
                    self.push(Op::Name { name: &slot.name, seen: Cell::new(NOWHERE) })?;
                    self.value(target(slot.ty), *at)?;
                }
                self.push(Op::Code(close))?;
                self.push(Op::Code(BUILD))
            }
            _ => None,
        }
    }
}

fn int(bits: u8, signed: bool, at: u32) -> Option<Op> {
    Some(match (bits, signed) {
        (8, true) => Op::I8 { at },
        (16, true) => Op::I16 { at },
        (32, true) => Op::I32 { at },
        (64, true) => Op::I64 { at },
        (8, false) => Op::U8 { at },
        (16, false) => Op::U16 { at },
        (32, false) => Op::U32 { at },
        (64, false) => Op::U64 { at },
        _ => return None,
    })
}

/// What makes a tuple of so many.
pub(super) const fn close(count: usize) -> u8 {
    match count {
        1 => TUPLE1,
        2 => TUPLE2,
        3 => TUPLE3,
        _ => TUPLE,
    }
}

//! The plan of a row: what stands for an item of a group, as a flat list of operations, where it is nothing but numbers
//! and text in tuples and objects.

use alloc::vec::Vec;
use core::cell::{Cell, RefCell};

use super::fields::Fields;
use super::group::Codes;
use super::object::{dict_codes, flat_slots};
use super::target;
use crate::pickle::opcode::{BUILD, EMPTY_DICT, EMPTY_TUPLE, MARK, TUPLE, TUPLE1, TUPLE2, TUPLE3};
use crate::protocol::layout::{option_is_inline, stride};
use crate::schema::{Form, Kind, Nodes, Object, Schema};
use crate::walk::{can_be_none, is_byte};

/// A position that no opcode has.
pub(super) const NOWHERE: u32 = u32::MAX;

/// Rows that are longer are read in the plain way: what is read in the quick way needs space ahead of it.
const MOST_OPS: usize = 64;
const MOST_BYTES: usize = 1024;

/// The items for which space is made with each group of a row, on average.
const ITEMS: usize = 4;

/// The type of an item: of a list or set one schema, of a map two.
pub(super) type Item = (*const Schema, *const Schema);

/// How an item is read in the quick way.
pub(super) struct Row {
    pub item: Item,
    pub steps: Steps,
    /// About how many texts are in it, how much of it goes to the memo, and how many bytes of it to the tail.
    pub texts: usize,
    pub puts: usize,
    pub tail: usize,
}

/// What is read into one head.
pub(super) struct Steps {
    /// None where it cannot be read in the quick way.
    pub ops: Vec<Op>,
    /// The bytes of the head.
    pub size: usize,
    /// The same in another form, once such a head was read.
    pub fields: RefCell<Fields>,
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
    /// A group, whose items' heads stand in the tail.
    Group {
        at: u32,
        codes: Codes,
        items: Steps,
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
        let steps = Planner { left: MOST_OPS, in_group: false }.steps(parts).unwrap_or_default();
        let mut row = Self { item, steps: Steps::default(), texts: 0, puts: 0, tail: 0 };
        row.measure(&steps.ops, 1);
        row.steps = steps;
        row
    }

    /// Counts what it takes.
    fn measure(&mut self, ops: &[Op], times: usize) {
        self.puts += times * ops.len();
        for op in ops {
            match op {
                Op::Text { .. } => self.texts += times,
                Op::Group { items, .. } => {
                    self.tail += ITEMS * items.size;
                    self.measure(&items.ops, ITEMS);
                }
                _ => {}
            }
        }
    }
}

impl Default for Steps {
    fn default() -> Self {
        Self { ops: Vec::new(), size: 1, fields: RefCell::default() }
    }
}

struct Planner {
    /// How many operations there may still be.
    left: usize,
    /// Whether these are the items of a group. They hold no other: its items would stand in the tail behind theirs.
    in_group: bool,
}

impl Planner {
    fn steps(&mut self, parts: &[&'static Schema]) -> Option<Steps> {
        let (mut ops, mut at) = (Vec::new(), 0_usize);
        for part in parts {
            self.value(part, at, &mut ops)?;
            at = at.checked_add(part.head)?;
        }
        (at <= MOST_BYTES).then(|| Steps { ops, size: stride(at), fields: RefCell::default() })
    }

    fn push(&mut self, ops: &mut Vec<Op>, op: Op) -> Option<()> {
        self.left = self.left.checked_sub(1)?;
        ops.push(op);
        Some(())
    }

    fn group(&mut self, codes: Codes, parts: &[&'static Schema], at: u32) -> Option<Op> {
        if core::mem::replace(&mut self.in_group, true) {
            return None;
        }
        let items = self.steps(parts)?;
        self.in_group = false;
        Some(Op::Group { at, codes, items })
    }

    fn value(&mut self, schema: &'static Schema, place: usize, ops: &mut Vec<Op>) -> Option<()> {
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
                self.open(items.len(), ops)?;
                let mut place = place;
                for &item in items.iter() {
                    self.value(target(item), place, ops)?;
                    place += target(item).head;
                }
                Op::Put(close(items.len()))
            }
            Kind::Optional(of) => return self.optional(target(*of), at, ops),
            Kind::Object(object) => return self.object(schema, object, place, ops),
            Kind::List(of) if !is_byte(target(*of)) => self.group(Codes::LIST, &[target(*of)], at)?,
            Kind::Set(of) => self.group(Codes::SET, &[target(*of)], at)?,
            Kind::Map(key, value) => self.group(Codes::DICT, &[target(*key), target(*value)], at)?,
            _ => return None,
        };
        self.push(ops, op)
    }

    fn optional(&mut self, inner: &'static Schema, at: u32, ops: &mut Vec<Op>) -> Option<()> {
        if can_be_none(Nodes::NONE, inner) || !option_is_inline(inner.head) {
            return None;
        }
        let place = ops.len();
        self.push(ops, Op::Optional { at, skip: 0 })?;
        self.value(inner, at as usize + 1, ops)?;
        let skip = ops.len() - place - 1;
        ops[place] = Op::Optional { at, skip: skip as u32 };
        Some(())
    }

    fn open(&mut self, count: usize, ops: &mut Vec<Op>) -> Option<()> {
        if count > 3 { self.push(ops, Op::Code(MARK)) } else { Some(()) }
    }

    fn object(&mut self, schema: &'static Schema, object: &'static Object, at: usize, ops: &mut Vec<Op>) -> Option<()> {
        let mut slots = Vec::new();
        flat_slots(object, at, &mut slots)?;
        self.push(ops, Op::Object { class: schema, seen: Cell::new(NOWHERE) })?;
        match object.form {
            Form::State => {
                self.open(slots.len(), ops)?;
                for (slot, at) in &slots {
                    self.value(target(slot.ty), *at, ops)?;
                }
                self.push(ops, Op::Build(close(slots.len())))
            }
            Form::Dict => {
                let (open, close) = dict_codes(slots.len())?;
                self.push(ops, Op::Put(EMPTY_DICT))?;
                open.map_or(Some(()), |mark| self.push(ops, Op::Code(mark)))?;
                for (slot, at) in &slots {
                    self.push(ops, Op::Name { name: &slot.name, seen: Cell::new(NOWHERE) })?;
                    self.value(target(slot.ty), *at, ops)?;
                }
                self.push(ops, Op::Code(close))?;
                self.push(ops, Op::Code(BUILD))
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

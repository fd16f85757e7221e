//! The plan of a type: a flat list of the operations that read a value. Values with heads elsewhere have plans of their
//! own, which are made when they are first needed.

mod learned;
mod objects;
mod planner;
mod slots;
mod table;

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::cell::{Cell, OnceCell};

pub(super) use self::learned::{Field, Learned, Mark};
pub(super) use self::objects::Placed;
pub(super) use self::slots::{SlotOf, Slots};
pub(super) use self::table::{Of, Plans};

use super::memo::{Entry, NOTHING};
use crate::pickle::opcode as op;
use crate::protocol::layout::enum_is_inline;
use crate::schema::{self, Enum, Link, Nodes, Raw, Schema, Slot};
use crate::standard::Known;
use crate::walk::tuple_slots;

/// The greatest depth of tuples and objects inside each other in one plan.
pub(super) const NESTED: usize = 8;

/// The number of items that writers of pickles add at once; another batch follows only if the last was full.
pub(super) const BATCH: usize = 1000;

/// The operations that read one head, and what is known about them.
#[derive(Default)]
pub(super) struct Plan {
    pub ops: Vec<Op>,
    /// The size of the head, or 1 if it is empty.
    pub size: usize,
    pub is_empty: bool,
    /// The number of levels of parts in it.
    pub deepest: u32,
    /// The values that the operations read, each before those inside it.
    pub spans: Vec<Span>,
    /// The whole value, or key and value: the schema, and the position in the head.
    pub values: Vec<(&'static Schema, usize)>,
    pub learned: Learned,
}

/// The operations that read a value.
#[derive(Clone, Copy)]
pub(super) struct Span {
    pub from: u32,
    pub to: u32,
    pub schema: &'static Schema,
    /// The position of its head.
    pub at: usize,
}

/// Operations, and the spans of the values that they read.
pub(super) type Steps<'o> = (&'o [Op], &'o [Span]);

impl Plan {
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn steps(&self) -> Steps<'_> {
        (&self.ops, &self.spans)
    }
}

/// An operation, which reads what comes next; `at` is a position in the head.
pub(super) enum Op {
    Bool(u32),
    I8(u32),
    I16(u32),
    I32(u32),
    I64(u32),
    U8(u32),
    U16(u32),
    U32(u32),
    U64(u32),
    Wide {
        at: u32,
        signed: bool,
    },
    /// Tests that the integer before was not zero.
    NonZero {
        at: u32,
        size: u32,
    },
    Single(u32),
    Double(u32),
    Text(u32),
    Char(u32),
    Bytes(u32),
    ByteArray {
        at: u32,
        len: u32,
    },
    Raw {
        at: u32,
        raw: &'static Raw,
        counted: bool,
    },
    Standard(Box<Standard>),
    /// Seconds and nanoseconds, which the next operations read unless the pickle has an object of a Python class here.
    Seconds {
        at: u32,
        signed: bool,
        skip: u32,
    },
    /// `None`, after which `skip` operations are left out; or the value that these read.
    Optional {
        at: u32,
        skip: u32,
        wrapped: bool,
    },
    /// The beginning of a tuple, which the next operations read.
    Tuple {
        marked: bool,
        depth: u8,
        skip: u32,
    },
    EndTuple {
        code: u8,
        depth: u8,
    },
    /// A single opcode.
    Code(u8),
    /// A single opcode that makes something, which may be put in the memo.
    Put(u8),
    /// The class and the opcodes that make an object of it; the operations up to its end read its state or its
    /// arguments.
    Object(Box<ObjectOp>),
    /// `BUILD` after a state, or the opcode that makes an object from its arguments.
    EndObject {
        depth: u8,
    },
    /// An object that Cython's function makes.
    Cython(Box<Cython>),
    /// The step of a `range`, if it is there, and the end of its arguments.
    EndRange,
    /// The opcodes around attributes in protocol 0.
    Attributes {
        depth: u8,
        at: Around,
    },
    /// The name of an attribute, with its last memo entry.
    Name {
        name: &'static str,
        seen: Cell<Entry>,
    },
    /// Slots that are in another order than in the head.
    Slots(Box<Slots>),
    Group(Box<Group>),
    Enum(Box<Variants>),
    /// A value that has a plan of its own.
    Part {
        at: u32,
        plan: u32,
        deep: u32,
    },
    /// A value in the tail.
    Boxed {
        plan: u32,
        deep: u32,
    },
    /// A value that the fast reader does not support.
    Unknown,
}

impl Op {
    /// Returns whether the operation reads a whole value, rather than an opcode around others.
    pub const fn is_value(&self) -> bool {
        !matches!(
            self,
            Self::Tuple { .. }
                | Self::EndTuple { .. }
                | Self::Object(_)
                | Self::EndObject { .. }
                | Self::Put(_)
                | Self::Code(_)
                | Self::Name { .. }
                | Self::Optional { .. }
                | Self::Seconds { .. }
                | Self::Cython(_)
                | Self::Attributes { .. }
        )
    }
}

/// The position of an operation among the attributes of protocol 0, which are added one by one, or all after a mark.
#[derive(Clone, Copy)]
pub(super) enum Around {
    Open,
    Each,
    Close,
}

/// How an object is made.
#[allow(clippy::struct_excessive_bools, reason = "they are not the states of one thing")]
pub(super) struct ObjectOp {
    pub class: Class,
    /// The number of operations up to its end, and its depth in tuples and objects.
    pub skip: u32,
    pub depth: u8,
    /// Whether it can be made empty and given a state, or be made from its arguments.
    pub takes_state: bool,
    pub takes_arguments: bool,
    /// Whether it has no slots.
    pub is_bare: bool,
    /// Whether `copyreg._reconstructor` makes it, as in protocols 0 and 1.
    pub is_old: bool,
    /// Its slots by name, where it has attributes.
    pub slots: Option<Slots>,
}

/// A type for which Python has a class, with the last memo entries of the classes it needs.
pub(super) struct Standard {
    pub at: u32,
    pub known: Known,
    pub seen: Seen,
}

/// An object that a function of Cython makes.
pub(super) struct Cython {
    /// The last memo entry of the function.
    pub maker: Cell<Entry>,
    pub class: Class,
    pub checksum: u32,
    pub skip: u32,
}

/// A class by its type tag, and the last memo entries of it, of `_reconstructor`, and of Python's `object`.
pub(super) struct Class {
    pub tag: &'static str,
    pub seen: Seen,
}

impl Class {
    pub const fn new(tag: &'static str) -> Self {
        Self { tag, seen: UNSEEN }
    }
}

/// The last memo entries of some classes and functions.
pub(super) type Seen = [Cell<Entry>; 3];

#[allow(clippy::declare_interior_mutable_const, reason = "each is another")]
pub(super) const UNSEEN: Seen = [const { Cell::new(NOTHING) }; 3];

/// A list, set or dict.
pub(super) struct Group {
    pub at: u32,
    pub codes: Codes,
    pub plan: u32,
    /// The last memo entry of the function that makes a set.
    pub called: Cell<Entry>,
    /// The number of items, if they are in the head.
    pub exactly: Option<usize>,
    pub deep: u32,
}

/// An enum, with its variants.
pub(super) struct Variants {
    pub at: u32,
    pub of: &'static Enum,
    pub is_inline: bool,
    pub deep: u32,
    pub list: Vec<Variant>,
    pub class: Class,
}

/// A variant: how its slots are read, and the last memo entry of its name, or of all of it.
pub(super) struct Variant {
    pub slots: &'static [Slot],
    pub plan: OnceCell<u32>,
    pub seen: Cell<Entry>,
}

/// The opcodes of a group.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Codes {
    /// The group without items.
    pub empty: u8,
    /// The opcode that adds the items after a mark.
    pub add: u8,
    /// The opcode that adds a single item.
    pub add_one: Option<u8>,
    /// Whether the group is made after a mark and its items are added one by one, as in protocol 0.
    pub is_marked: bool,
}

impl Codes {
    pub const LIST: Self = Self::new(op::EMPTY_LIST, op::APPENDS, Some(op::APPEND));
    pub const SET: Self = Self::new(op::EMPTY_SET, op::ADDITEMS, None);
    pub const DICT: Self = Self::new(op::EMPTY_DICT, op::SETITEMS, Some(op::SETITEM));

    const fn new(empty: u8, add: u8, add_one: Option<u8>) -> Self {
        Self { empty, add, add_one, is_marked: false }
    }

    /// Returns the opcodes of protocol 0 for this group.
    pub const fn marked(self) -> Self {
        match self.empty {
            op::EMPTY_LIST => Self { empty: op::LIST, is_marked: true, ..self },
            op::EMPTY_DICT => Self { empty: op::DICT, is_marked: true, ..self },
            _ => self,
        }
    }
}

impl Variants {
    pub fn new(of: &'static Enum, at: u32, deep: u32) -> Self {
        let head = |slots: &[Slot]| slots.iter().map(|slot| target(slot.ty).head).sum::<usize>();
        let largest = of.variants.iter().map(|variant| head(&variant.slots)).max().unwrap_or(0);
        let variant = |of: &'static schema::EnumVariant| Variant {
            slots: &of.slots,
            plan: OnceCell::new(),
            seen: Cell::new(NOTHING),
        };
        let list = of.variants.iter().map(variant).collect();
        let is_inline = enum_is_inline(largest);
        Self { at, of, is_inline, deep, list, class: Class::new(&of.name) }
    }
}

pub(super) fn target(link: Link) -> &'static Schema {
    Nodes::NONE.get(link)
}

/// Returns the opcode that ends a tuple of `items` items.
pub(super) const fn tuple_code(items: usize, is_old: bool) -> u8 {
    match items {
        _ if is_old => op::TUPLE,
        1 => op::TUPLE1,
        2 => op::TUPLE2,
        3 => op::TUPLE3,
        _ => op::TUPLE,
    }
}

/// Returns the number of items in the tuple of a variant.
pub(super) fn variant_parts(slots: &[Slot]) -> usize {
    1 + slots.iter().map(|slot| tuple_slots(Nodes::NONE, slot)).sum::<usize>()
}

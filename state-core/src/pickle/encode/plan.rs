//! The plan of a type: its schema, compiled once to flat lists of steps that write its values.
//!
//! A schema says where everything is; a plan says what to do. Everything that does not depend on the value is decided
//! here: the opcodes around a tuple, the names, the positions of slots of objects inside objects.

use alloc::string::String;
use alloc::vec::Vec;

use super::array::Array;
use super::code::Code;
use super::global::Known;
use super::group::Group;
use super::rest::{disagreement, part_of};
use crate::error::Result;
use crate::schema::{KnownMember, Schema};
use crate::standard;
use crate::walk::Wrap;

/// How the values of a type are written.
pub(super) struct Plan {
    pub rows: Vec<Row>,
    pub words: Vec<Word>,
    pub enums: Vec<Variants>,
    /// The registered types of each open set, and the row of each.
    pub sets: Vec<Vec<(KnownMember, usize)>>,
    pub arrays: Vec<Array>,
    pub sorted: Vec<Sorted>,
    pub pointers: Vec<Pointer>,
    /// Whether everything with parts is put in the memo, even if nothing refers to it.
    pub keeps_all: bool,
}

/// How a value with a head of its own is written.
#[derive(Default)]
pub(super) struct Row {
    pub steps: Vec<Step>,
    pub head: usize,
}

/// One step; `at` is a position in the head.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    /// Bytes that are always the same.
    Code(Code),
    /// A name, from the memo if it was written before.
    Word(usize),
    Known(Known),
    /// An integer that is the same for all values.
    Constant(i64),
    Bool {
        at: usize,
    },
    Char {
        at: usize,
    },
    Int {
        at: usize,
        width: Width,
    },
    Float {
        at: usize,
    },
    Double {
        at: usize,
    },
    Text {
        at: usize,
    },
    Optional {
        at: usize,
        row: usize,
        wrap: Wrap,
    },
    Group {
        at: usize,
        row: usize,
        group: Group,
    },
    /// A list of `count` items, whose heads are here.
    Fixed {
        at: usize,
        row: usize,
        count: usize,
    },
    /// A list of bytes.
    Bytes {
        at: usize,
    },
    FixedBytes {
        at: usize,
        len: usize,
    },
    /// A value that serde wrote, of any kind.
    Serde {
        at: usize,
    },
    Boxed {
        row: usize,
    },
    Raw {
        at: usize,
        array: usize,
    },
    Enum {
        at: usize,
        variants: usize,
    },
    /// One of the types of an open set.
    Open {
        at: usize,
        set: usize,
    },
    /// An array of several dimensions.
    Grid {
        at: usize,
        array: usize,
    },
    /// Part of the arguments of an object that Python has a class for, or its number.
    Standard {
        at: usize,
        part: Part,
    },
    /// The slots of an object in the order of their names.
    Sorted {
        sorted: usize,
    },
    /// The target of a shared pointer, after the record that says which object it is. It `joins` a pointer around it if
    /// the targets of both are one object in Python.
    Shared {
        at: usize,
        pointer: usize,
        joins: bool,
    },
    Weak {
        at: usize,
        pointer: usize,
    },
    /// An object without its state, which is put in the memo before the state follows.
    Made {
        row: usize,
    },
    /// A list, set or dict that is put in the memo before its items.
    KeptGroup {
        at: usize,
        row: usize,
        group: Group,
    },
    /// A list of `count` items that is put in the memo before them.
    KeptFixed {
        at: usize,
        row: usize,
        count: usize,
    },
    /// A value with parts that is put in the memo, though nothing refers to it.
    Kept {
        at: usize,
        row: usize,
    },
    /// A member of a Python enum, not from the memo: each pointer to one has its own.
    Member {
        word: usize,
    },
}

/// The part that depends on the value, of a type for which Python has a class.
#[derive(Clone, Copy, Debug)]
pub(super) enum Part {
    /// The bytes in which a date or time is packed.
    Packed(standard::Known),
    /// The three numbers of a `timedelta`.
    Delta,
    /// The three numbers of a zone's offset from UTC, from a head that contains a time in the zone.
    Offset,
    Uuid,
    /// The text of a decimal number.
    Decimal,
    /// An integer of any size.
    Number(standard::Known),
}

/// The types of integers.
#[derive(Clone, Copy, Debug)]
pub(super) enum Width {
    I8,
    I16,
    I32,
    I64,
    I128,
    U8,
    U16,
    U32,
    U64,
    U128,
}

/// A name that is written once and then fetched from the memo.
pub(super) enum Word {
    Global {
        module: String,
        name: String,
    },
    Text(String),
    /// The member of an enum: its class and its name.
    Member {
        class: usize,
        name: String,
    },
}

/// The variants of an enum, by their tags.
pub(super) struct Variants {
    pub tag: usize,
    /// The row of each, and whether its slots are in the enum's head.
    pub rows: Vec<(usize, bool)>,
}

/// Slots that are written in another order than they have in an image.
pub(super) struct Sorted {
    /// The row and the position of each, in the order of the image.
    pub slots: Vec<(usize, usize)>,
    /// Their indices, in the order in which they are written.
    pub order: Vec<usize>,
}

/// A type of pointers.
pub(super) struct Pointer {
    /// The row that writes its target.
    pub row: usize,
    pub schema: &'static Schema,
}

impl Variants {
    /// Returns the row of the variant whose tag is at `at`, whether its slots are in the same head, and where.
    pub fn of(&self, head: &[u8], at: usize) -> Result<(usize, bool, usize)> {
        let tag = part_of(head, at, self.tag)?.iter().rev().fold(0, |tag, &byte| tag << 8 | usize::from(byte));
        let &(row, inline) = self.rows.get(tag).ok_or_else(disagreement)?;
        Ok((row, inline, at + self.tag))
    }
}

impl Width {
    pub const fn of(bits: u8, signed: bool) -> Self {
        match (bits, signed) {
            (8, true) => Self::I8,
            (16, true) => Self::I16,
            (32, true) => Self::I32,
            (64, true) => Self::I64,
            (_, true) => Self::I128,
            (8, false) => Self::U8,
            (16, false) => Self::U16,
            (32, false) => Self::U32,
            (64, false) => Self::U64,
            (_, false) => Self::U128,
        }
    }
}

//! The plan of a type: its schema, turned once into flat lists of steps that write its values.
//!
//! A schema says what stands where; a plan says what to do. All that does not depend on the value is settled here: the
//! opcodes around a tuple, the names, the places of the slots of objects inside objects.

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
    /// The types of each open set that are registered, and the row of each.
    pub sets: Vec<Vec<(KnownMember, usize)>>,
    pub arrays: Vec<Array>,
    pub sorted: Vec<Sorted>,
    pub pointers: Vec<Pointer>,
    /// Whether all that has parts goes into the memo, also where nothing refers to it.
    pub keeps_all: bool,
}

/// How a value with a head of its own is written.
#[derive(Default)]
pub(super) struct Row {
    pub steps: Vec<Step>,
    pub head: usize,
}

/// One step; `at` is a place in the head.
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
    /// A list of so many, whose heads stand here.
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
    /// What serde wrote: any value.
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
    /// The arguments of an object of Python's, or its number.
    Standard {
        at: usize,
        part: Part,
    },
    /// The slots of an object in the order of their names.
    Sorted {
        sorted: usize,
    },
    /// What a shared pointer leads to, behind the record that says which object it is. It `joins` a pointer around it if
    /// both lead to what is one object in Python.
    Shared {
        at: usize,
        pointer: usize,
        joins: bool,
    },
    /// A weak reference.
    Weak {
        at: usize,
        pointer: usize,
    },
    /// An object without its state, which goes into the memo before that follows.
    Made {
        row: usize,
    },
    /// A list, set or dict that goes into the memo before its items.
    KeptGroup {
        at: usize,
        row: usize,
        group: Group,
    },
    /// The same of a list of so many.
    KeptFixed {
        at: usize,
        row: usize,
        count: usize,
    },
    /// A value with parts that goes into the memo, though nothing refers to it.
    Kept {
        at: usize,
        row: usize,
    },
    /// The member of a Python enum, not from the memo: a pointer to each is one of its own.
    Member {
        word: usize,
    },
}

/// A part of a type for which Python has a class that depends on the value.
#[derive(Clone, Copy, Debug)]
pub(super) enum Part {
    /// The bytes in which a date or time is packed.
    Packed(standard::Known),
    /// Three numbers of a difference.
    Delta,
    /// Three numbers of the difference between a time zone and UTC, of a head that holds a time in it.
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

/// What is written once and got from the memo after that.
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
    /// The row of each, and whether its slots stand in the enum's head.
    pub rows: Vec<(usize, bool)>,
}

/// Slots that are written in another order than they have in an image.
pub(super) struct Sorted {
    /// The row and the place of each, in the order of the image.
    pub slots: Vec<(usize, usize)>,
    /// Their numbers, in the order in which they are written.
    pub order: Vec<usize>,
}

/// A type of pointers.
pub(super) struct Pointer {
    /// How what it leads to is written.
    pub row: usize,
    pub schema: &'static Schema,
}

impl Variants {
    /// The row of the variant whose tag stands at `at`, whether its slots stand in the same head, and where.
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

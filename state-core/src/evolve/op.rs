//! What a plan says of a part: one operation, and what it needs to know.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use crate::schema::{Convert, DefaultFn, Enum, PointerKey, Problem, Schema};

/// The place of an operation in the plan.
pub(super) type At = usize;

/// What becomes of one part: of a head of `from` bytes, and what lies behind it, a head of `to` bytes.
#[derive(Debug)]
pub(super) struct Step {
    pub from: usize,
    pub to: usize,
    pub op: Op,
    /// Whether something of theirs is dropped, so that two that differ may become one.
    pub drops: bool,
    /// Whether it is a key that functions of the user's make, so that two that differ may become one.
    pub compares: bool,
}

impl Step {
    /// Of a part that keeps all.
    pub fn of(from: usize, to: usize, op: Op) -> Self {
        Self { from, to, op, drops: false, compares: false }
    }
}

#[derive(Debug)]
#[repr(u8)]
pub(super) enum Op {
    /// Not planned yet, or not to be had.
    Open,
    /// The same bytes, with nothing behind them that would have to be looked at.
    Copy,
    /// The same bytes, with those behind them, which are found by going over theirs.
    Same(usize),
    /// A wider integer.
    Int {
        signed: bool,
    },
    IntToFloat {
        signed: bool,
    },
    Widen,
    /// Parts of fixed size at other places of a head.
    Flat(Box<[Segment]>),
    /// Nothing of theirs: a field that a record did not have.
    Default(fn(&mut [u8])),
    /// So many parts of fixed size, side by side.
    FlatArray {
        count: usize,
        of: At,
    },
    CharToText,
    IntToBig {
        signed: bool,
        natural: bool,
    },
    /// An integer that is never negative as one that may be.
    BigToSigned,
    Text,
    /// Bytes in the tail.
    List {
        of: At,
    },
    Set {
        of: At,
    },
    ArrayToList {
        count: usize,
        of: At,
    },
    Array {
        count: usize,
        of: At,
    },
    Map {
        key: At,
        value: At,
    },
    Optional {
        of: At,
    },
    Some {
        of: At,
    },
    Boxed {
        of: At,
    },
    Box {
        of: At,
    },
    Unbox {
        of: At,
    },
    Slots(Slots),
    Enum(Cases),
    Raw {
        from_optional: bool,
        to_optional: bool,
        of: At,
    },
    RawToList {
        of: At,
    },
    ListToRaw {
        of: At,
    },
    RawToArray {
        count: usize,
        of: At,
    },
    ArrayToRaw {
        count: usize,
        of: At,
    },
    Grid {
        of: At,
    },
    /// One of the types of an open set, by its place among those of the plan.
    Members(usize),
    /// A shared pointer on one side at least, where references are numbered, and its value.
    Pointer {
        pointers: Pointers,
        of: At,
    },
    /// A weak reference, in ours through this pointer.
    Weak(PointerKey),
    /// The older form is a type of the program.
    Converted {
        of: At,
        head: usize,
        convert: Convert,
    },
    /// The type changes older states itself, by name: the node of theirs, and the type.
    Upgraded {
        theirs: usize,
        ours: &'static Schema,
    },
}

/// A type of theirs by tag and fingerprint, and what is known of it; sorted.
pub(super) type ByKey<T> = Vec<(String, u64, T)>;

/// What is known of a type.
pub(super) fn find<'k, T>(types: &'k ByKey<T>, key: (&str, u64)) -> Option<&'k T> {
    let found = types.binary_search_by(|(tag, fingerprint, _)| (&**tag, *fingerprint).cmp(&key));
    found.ok().map(|at| &types[at].2)
}

/// The types of theirs in an open set, by tag and fingerprint, and what becomes of the values of each.
#[derive(Debug, Default)]
pub(super) struct OpenSet {
    /// Of those that become nothing, the first reason and how many more there are.
    pub types: ByKey<Result<OneOf, (Problem, usize)>>,
    /// What is said of others.
    pub expected: String,
    /// Whether values of two types become those of one.
    pub drops: bool,
}

/// A type of ours in an open set.
#[derive(Debug)]
pub(super) struct OneOf {
    pub tag: String,
    pub fingerprint: u64,
    pub of: At,
}

/// One part of a flat head.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment {
    pub from: usize,
    pub to: usize,
    pub len: usize,
    /// How it is converted; `None` where it is copied.
    pub by: Option<At>,
}

/// The place of a part's way among those of the plan; `None` where nothing lies behind its head.
pub(super) type Over = Option<usize>;

/// What is done for each value: first in its head, then with what lies behind it.
#[derive(Debug, Default)]
pub(super) struct Slots {
    pub heads: Box<[Segment]>,
    pub steps: Box<[SlotStep]>,
}

/// With a tag of its own, which is read faster than one that is hidden in a field.
#[derive(Debug)]
#[repr(u8)]
pub(super) enum SlotStep {
    /// Copies what lies behind slots that are the same, found by going over it.
    Same(Vec<Behind>),
    Part {
        name: Cow<'static, str>,
        from: usize,
        len: usize,
        to: usize,
        of: At,
    },
    Default {
        name: Cow<'static, str>,
        to: usize,
        by: DefaultFn,
    },
    /// A part of theirs that is passed over, and whether what lies behind it is marked.
    Skip(Behind, bool),
    /// Marks what lies here.
    Mark,
    /// Goes to a mark.
    Seek(usize),
    /// Copies what lies between here and a mark, and goes to it.
    Copy(usize),
}

/// A part of a head behind which something lies.
#[derive(Clone, Copy, Debug)]
pub(super) struct Behind {
    pub from: usize,
    pub len: usize,
    pub over: usize,
}

impl Behind {
    pub fn of((from, len, over): (usize, usize, Over)) -> Option<Self> {
        over.map(|over| Self { from, len, over })
    }
}

impl Slots {
    /// Whether a head of so many bytes is copied with what lies behind it, and nothing else is done.
    pub fn copies(&self, head: usize) -> bool {
        let heads = match &*self.heads {
            [] => head == 0,
            [only] => only.by.is_none() && (only.from, only.to, only.len) == (0, 0, head),
            _ => false,
        };
        heads && matches!(&*self.steps, [] | [SlotStep::Same(_)])
    }

    /// The operations of its parts.
    pub fn parts(&self) -> impl Iterator<Item = At> {
        let part = |step: &SlotStep| match step {
            SlotStep::Part { of, .. } => Some(*of),
            _ => None,
        };
        self.heads.iter().filter_map(|segment| segment.by).chain(self.steps.iter().filter_map(part))
    }
}

/// What becomes of a part that is a shared pointer in one of the forms at least.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pointers {
    /// How the content of theirs is passed over.
    pub theirs: Option<usize>,
    pub ours: Option<PointerKey>,
}

impl Pointers {
    pub const NONE: Self = Self { theirs: None, ours: None };

    pub fn is_any(&self) -> bool {
        self.theirs.is_some() || self.ours.is_some()
    }
}

/// The variants of an enum.
#[derive(Debug)]
pub(super) struct Cases {
    /// Ours.
    pub of: &'static Enum,
    pub from: Tag,
    pub to: Tag,
    /// For each variant of theirs: its name, the bytes of its slots, and what becomes of it.
    pub variants: Box<[Case]>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Tag {
    pub size: usize,
    pub inline: bool,
}

#[derive(Debug)]
pub(super) struct Case {
    pub name: String,
    pub from: usize,
    /// The variant of ours and the bytes of its slots; `None` where there is none for it.
    pub ours: Option<(usize, usize)>,
    pub slots: Slots,
}

impl Cases {
    /// Whether each variant has the same place and bytes.
    pub fn copies(&self) -> bool {
        let same =
            |(index, case): (usize, &Case)| case.ours == Some((index, case.from)) && case.slots.copies(case.from);
        self.from.size == self.to.size
            && self.from.inline == self.to.inline
            && self.variants.iter().enumerate().all(same)
    }
}

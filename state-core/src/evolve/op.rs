//! The operations of a plan, with what each needs to know.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use crate::schema::{Convert, DefaultFn, Enum, PointerKey, Problem, Schema};

/// The index of an operation in the plan.
pub(super) type At = usize;

/// How to make one part: from a head of `from` bytes and the data outside it, a head of `to` bytes.
#[derive(Debug)]
pub(super) struct Step {
    pub from: usize,
    pub to: usize,
    pub op: Op,
    /// Whether some of the older data is dropped, so that two different values may become equal.
    pub drops: bool,
    /// Whether this is a key that functions of the user make, so that two different ones may become equal.
    pub compares: bool,
}

impl Step {
    /// A step of a part that keeps all of its data.
    pub fn of(from: usize, to: usize, op: Op) -> Self {
        Self { from, to, op, drops: false, compares: false }
    }
}

#[derive(Debug)]
#[repr(u8)]
pub(super) enum Op {
    /// Not planned yet, or impossible.
    Open,
    /// The same bytes, without data outside the head that must be visited.
    Copy,
    /// The same bytes, and the same data outside the head, whose end this [`Skip`](super::skip::Skip) finds, by index.
    Same(usize),
    /// A wider integer.
    Int {
        signed: bool,
    },
    IntToFloat {
        signed: bool,
    },
    Widen,
    /// Parts without data outside their heads, at other places of a head.
    Flat(Box<[Segment]>),
    /// Nothing of the older value: a new field of a record.
    Default(fn(&mut [u8])),
    /// An array of `count` flat parts.
    FlatArray {
        count: usize,
        of: At,
    },
    CharToText,
    IntToBig {
        signed: bool,
        natural: bool,
    },
    /// An integer that is never negative, as one that may be.
    BigToSigned,
    Text,
    /// Elements in the tail.
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
    /// A value of one of the types of an open set, by the index of the set in the plan.
    Members(usize),
    /// A shared pointer in at least one of the forms, where references are numbered, and its value.
    Pointer {
        pointers: Pointers,
        of: At,
    },
    /// A weak reference, with the pointer that it is in the present form.
    Weak(PointerKey),
    /// A value of an older form that is a type of the program, to be converted.
    Converted {
        of: At,
        head: usize,
        convert: Convert,
    },
    /// An object whose type upgrades older states itself, by name: the older node, and the type.
    Upgraded {
        theirs: usize,
        ours: &'static Schema,
    },
}

/// What is known of older types, sorted by tag and fingerprint.
pub(super) type ByKey<T> = Vec<(String, u64, T)>;

/// Finds what is known of a type.
pub(super) fn find<'k, T>(types: &'k ByKey<T>, key: (&str, u64)) -> Option<&'k T> {
    let found = types.binary_search_by(|(tag, fingerprint, _)| (&**tag, *fingerprint).cmp(&key));
    found.ok().map(|at| &types[at].2)
}

/// The older types in an open set, by tag and fingerprint, and what becomes of their values.
#[derive(Debug, Default)]
pub(super) struct OpenSet {
    /// For types without a counterpart, the first reason and the number of further ones.
    pub types: ByKey<Result<OneOf, (Problem, usize)>>,
    /// The expected types, for an error about any other.
    pub expected: String,
    /// Whether values of two types become values of one.
    pub drops: bool,
}

/// A present type in an open set.
#[derive(Debug)]
pub(super) struct OneOf {
    pub tag: String,
    pub fingerprint: u64,
    pub of: At,
}

/// One part of a head.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment {
    pub from: usize,
    pub to: usize,
    pub len: usize,
    /// The operation that converts the part; `None` if it is copied.
    pub by: Option<At>,
}

/// The index of the [`Skip`](super::skip::Skip) for a part; `None` if it has no data outside its head.
pub(super) type Over = Option<usize>;

/// What is done for each value: first in its head, then with the data outside it.
#[derive(Debug, Default)]
pub(super) struct Slots {
    pub heads: Box<[Segment]>,
    pub steps: Box<[SlotStep]>,
}

/// The tag is separate because reading it is faster than decoding a niche in a field.
#[derive(Debug)]
#[repr(u8)]
pub(super) enum SlotStep {
    /// Copies the data outside the head of unchanged slots, whose end is found by skipping over it.
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
    /// Skips an older part; the flag says whether the beginning of its data is marked.
    Skip(Behind, bool),
    /// Marks the current place.
    Mark,
    /// Moves to a mark.
    Seek(usize),
    /// Copies the data from the current place to a mark, and moves there.
    Copy(usize),
}

/// A part of a head that has data outside the head.
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
    /// Whether a head of `head` bytes is copied with the data outside it, and nothing else is done.
    pub fn copies(&self, head: usize) -> bool {
        let heads = match &*self.heads {
            [] => head == 0,
            [only] => only.by.is_none() && (only.from, only.to, only.len) == (0, 0, head),
            _ => false,
        };
        heads && matches!(&*self.steps, [] | [SlotStep::Same(_)])
    }

    /// The operations of the parts.
    pub fn parts(&self) -> impl Iterator<Item = At> {
        let part = |step: &SlotStep| match step {
            SlotStep::Part { of, .. } => Some(*of),
            _ => None,
        };
        self.heads.iter().filter_map(|segment| segment.by).chain(self.steps.iter().filter_map(part))
    }
}

/// How a part is made that is a shared pointer in at least one of the forms.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pointers {
    /// How the content of an older pointer is skipped.
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
    /// The present enum.
    pub of: &'static Enum,
    pub from: Tag,
    pub to: Tag,
    /// For each older variant, its name, the size of its slots, and what becomes of it.
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
    /// The present variant and the size of its slots; `None` if there is none.
    pub ours: Option<(usize, usize)>,
    pub slots: Slots,
}

impl Cases {
    /// Whether each variant has the same index and bytes.
    pub fn copies(&self) -> bool {
        let same =
            |(index, case): (usize, &Case)| case.ours == Some((index, case.from)) && case.slots.copies(case.from);
        self.from.size == self.to.size
            && self.from.inline == self.to.inline
            && self.variants.iter().enumerate().all(same)
    }
}

//! Makes the plan of a type from its schema.

use crate::places::{Places, Words, address, words};
use alloc::string::ToString;
use alloc::vec::Vec;

use super::array::Array;
use super::code::Code;
use super::global::Global;
use super::group::{Group, tuple_codes};
use super::plan::{Plan, Pointer, Row, Step, Width, Word};
use super::rest::disagreement;
use crate::error::Result;
#[cfg(feature = "pyo3")]
use crate::error::{Error, ErrorKind};
use crate::pickle::Protocol;
use crate::schema::{Form, Kind, Link, Nodes, Raw, Schema};
use crate::walk::{Wrap, wrap};

impl Plan {
    /// Makes the plan of a type, whose values are written by the first row. `numbered` if each shared pointer has a
    /// record in the image.
    ///
    /// # Errors
    /// If two slots have the same name where names distinguish them.
    pub fn new(schema: &'static Schema, protocol: Protocol, numbered: bool) -> Result<Self> {
        Self::planned(schema, protocol, (numbered, false))
    }

    /// Makes the plan for a value in which cycles lead back to something that cannot exist before its parts.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn keeping_all(schema: &'static Schema, protocol: Protocol) -> Result<Self> {
        Self::planned(schema, protocol, (true, true))
    }

    fn planned(schema: &'static Schema, protocol: Protocol, (numbered, keeps_all): (bool, bool)) -> Result<Self> {
        let plan = Plan {
            rows: Vec::new(),
            words: Vec::new(),
            enums: Vec::new(),
            sets: Vec::new(),
            arrays: Vec::new(),
            sorted: Vec::new(),
            pointers: Vec::new(),
            keeps_all,
        };
        let mut planner = Planner {
            protocol,
            numbered,
            plan,
            seen: Places::default(),
            entries: Places::default(),
            pointers: Places::default(),
            words: Words::default(),
        };
        planner.row(schema)?;
        Ok(planner.plan)
    }
}

pub(super) struct Planner {
    pub protocol: Protocol,
    /// Whether shared pointers have records.
    pub numbered: bool,
    pub plan: Plan,
    /// The rows of types that were met, by type and whether they are kept, so that recursion ends at recursive types.
    seen: Places,
    /// The rows of the entries of maps that were met, by the map, for the same reason.
    entries: Places,
    /// The pointers that were met, by their schema.
    pub pointers: Places,
    words: Words,
}

/// A row while steps are added to it.
pub(super) struct Steps<'a> {
    list: &'a mut Vec<Step>,
    /// Whether the next value is the target of a shared pointer, which is put in the memo as soon as it exists.
    kept: bool,
}

impl<'a> Steps<'a> {
    pub fn new(list: &'a mut Vec<Step>, kept: bool) -> Self {
        Self { list, kept }
    }

    /// Returns whether the next value is kept; those after it are not.
    pub fn take_kept(&mut self) -> bool {
        core::mem::take(&mut self.kept)
    }

    pub fn push(&mut self, step: Step) {
        self.list.push(step);
    }

    /// Adds bytes, joined with those before them if they fit.
    pub fn code(&mut self, bytes: &[u8]) {
        let Some(code) = Code::new(bytes).filter(|code| !code.is_empty()) else { return };
        if let Some(Step::Code(last)) = self.list.last_mut() {
            if let Some(joined) = last.then(code) {
                *last = joined;
                return;
            }
        }
        self.push(Step::Code(code));
    }
}

pub(super) fn target(link: Link) -> &'static Schema {
    Nodes::NONE.get(link)
}

impl Planner {
    pub fn row(&mut self, schema: &'static Schema) -> Result<usize> {
        self.row_of(schema, false)
    }

    /// Returns the row of a type for values that are kept or not.
    pub fn row_of(&mut self, schema: &'static Schema, kept: bool) -> Result<usize> {
        let key = [core::ptr::from_ref(schema) as usize, kept.into()];
        if let Some(row) = self.seen.get(key) {
            return Ok(row);
        }
        let row = self.place(schema.head);
        self.seen.set(key, row);
        let mut list = Vec::new();
        self.steps(schema, 0, &mut Steps::new(&mut list, kept))?;
        self.plan.rows[row].steps = list;
        Ok(row)
    }

    /// Returns the row of the entries of a map: a key and its value.
    fn entries(&mut self, map: &'static Schema, key: &'static Schema, value: &'static Schema) -> Result<usize> {
        if let Some(row) = self.entries.get(address(map)) {
            return Ok(row);
        }
        let row = self.place(key.head.saturating_add(value.head));
        self.entries.set(address(map), row);
        let mut list = Vec::new();
        let mut steps = Steps::new(&mut list, false);
        self.steps(key, 0, &mut steps)?;
        self.steps(value, key.head, &mut steps)?;
        self.plan.rows[row].steps = list;
        Ok(row)
    }

    /// Adds a row to be filled later, so that a recursive type can refer to it.
    pub fn place(&mut self, head: usize) -> usize {
        self.plan.rows.push(Row { steps: Vec::new(), head });
        self.plan.rows.len() - 1
    }

    /// Adds a row that is not a type's.
    pub fn own_row(
        &mut self,
        head: usize,
        kept: bool,
        fill: impl FnOnce(&mut Self, &mut Steps<'_>) -> Result<()>,
    ) -> Result<usize> {
        let mut list = Vec::new();
        fill(self, &mut Steps::new(&mut list, kept))?;
        self.plan.rows.push(Row { steps: list, head });
        Ok(self.plan.rows.len() - 1)
    }

    pub fn word(&mut self, word: Word) -> usize {
        let key = match &word {
            Word::Global { module, name } => words(module, name.as_bytes()),
            Word::Text(text) => words("", text.as_bytes()),
            Word::Member { class, name } => words(&class.to_string(), [":", name].concat().as_bytes()),
        };
        let place = self.words.get_or_set(&key, self.plan.words.len());
        if place == self.plan.words.len() {
            self.plan.words.push(word);
        }
        place
    }

    pub fn global(&mut self, global: Global<'_>) -> usize {
        self.word(Word::Global { module: global.module.into(), name: global.name.into() })
    }

    /// Adds the steps that write a value whose head is at `at`.
    pub fn steps(&mut self, schema: &'static Schema, at: usize, steps: &mut Steps<'_>) -> Result<()> {
        if self.numbered && schema.shared.is_some() {
            return self.pointer(schema, at, steps);
        }
        self.kind(schema, at, steps)
    }

    /// Adds the steps of a value that is not a numbered pointer, or is behind one.
    pub fn kind(&mut self, schema: &'static Schema, at: usize, steps: &mut Steps<'_>) -> Result<()> {
        let kept = steps.take_kept();
        if self.plan.keeps_all && !kept && self.has_parts(schema) {
            let row = self.row_of(schema, true)?;
            steps.push(Step::Kept { at, row });
            return Ok(());
        }
        steps.push(match &schema.kind {
            Kind::Unit => {
                let (open, close) = tuple_codes(self.protocol, 0);
                steps.code(open);
                steps.code(close);
                return Ok(());
            }
            Kind::Bool => Step::Bool { at },
            Kind::Char => Step::Char { at },
            Kind::Int { bits, signed, .. } => Step::Int { at, width: Width::of(*bits, *signed) },
            Kind::Float { bits: 32 } => Step::Float { at },
            Kind::Float { .. } => Step::Double { at },
            Kind::Str => Step::Text { at },
            Kind::Seconds { signed } => return self.seconds(*signed, at, steps),
            Kind::Optional(of) => {
                let inner = target(*of);
                let wrap = wrap(Nodes::NONE, inner);
                Step::Optional { at, row: self.row_of(inner, kept && wrap == Wrap::Never)?, wrap }
            }
            Kind::List(of) if target(*of).is_byte() => Step::Bytes { at },
            Kind::Serde => Step::Serde { at },
            Kind::Known(known) => return self.standard(*known, at, steps),
            Kind::List(of) => {
                let row = self.row(target(*of))?;
                self.group(Group::List, row, at, kept)
            }
            Kind::Set(of) => {
                let row = self.row(target(*of))?;
                self.group(Group::Set, row, at, kept)
            }
            Kind::Map(key, value) => {
                let row = self.entries(schema, target(*key), target(*value))?;
                self.group(Group::Dict, row, at, kept)
            }
            Kind::Array(of, len) if target(*of).is_byte() => Step::FixedBytes { at, len: *len as usize },
            Kind::Array(of, len) => {
                let (row, count) = (self.row(target(*of))?, *len as usize);
                if kept { Step::KeptFixed { at, row, count } } else { Step::Fixed { at, row, count } }
            }
            Kind::Tuple(items) => return self.tuple(items, at, steps),
            Kind::Boxed(of) => Step::Boxed { row: self.row_of(target(*of), kept)? },
            Kind::Raw(raw) => self.raw(raw, false, at)?,
            Kind::Grid(of, _) => {
                self.plan.arrays.push(Array::of(target(*of))?);
                Step::Grid { at, array: self.plan.arrays.len() - 1 }
            }
            Kind::Object(object) => return self.object(object, (at, kept), steps),
            Kind::Enum(of) => self.enumeration(of, at, kept)?,
            Kind::Open(open) => self.open_set(open, at, kept)?,
            #[cfg(feature = "pyo3")]
            Kind::Handle(_) => {
                let expected = "a state that Python pickles itself, as it holds objects of Python";
                return Err(Error::new(ErrorKind::Unwritable, expected, "another way to pickle it"));
            }
            Kind::Weak(_) => return Err(disagreement()),
            // These are only inside raw arrays, which are written whole.
            Kind::Record(_) | Kind::Opaque { .. } => Step::FixedBytes { at, len: schema.head },
        });
        Ok(())
    }

    /// Returns whether a value of the type can have parts that lead back to it. Values with an empty head are excluded,
    /// because they are not distinguishable by address.
    fn has_parts(&self, schema: &Schema) -> bool {
        let is_kind = match &schema.kind {
            Kind::List(of) | Kind::Array(of, _) => !target(*of).is_byte(),
            Kind::Set(_) => self.protocol >= Protocol::V4,
            Kind::Enum(of) => of.form != Form::Enum,
            Kind::Object(_) | Kind::Tuple(_) | Kind::Map(..) | Kind::Open(_) => true,
            _ => false,
        };
        is_kind && schema.head > 0
    }

    /// Returns the step of a group. A set is put in the memo before its items if the protocol has opcodes for sets.
    fn group(&self, group: Group, row: usize, at: usize, kept: bool) -> Step {
        let is_called = group == Group::Set && self.protocol < Protocol::V4;
        if kept && !is_called { Step::KeptGroup { at, row, group } } else { Step::Group { at, row, group } }
    }

    fn seconds(&mut self, signed: bool, at: usize, steps: &mut Steps<'_>) -> Result<()> {
        let (open, close) = tuple_codes(self.protocol, 2);
        steps.code(open);
        steps.push(Step::Int { at, width: Width::of(64, signed) });
        steps.push(Step::Int { at: at + 8, width: Width::U32 });
        steps.code(close);
        Ok(())
    }

    fn tuple(&mut self, items: &[Link], mut at: usize, steps: &mut Steps<'_>) -> Result<()> {
        let (open, close) = tuple_codes(self.protocol, items.len());
        steps.code(open);
        for &item in items {
            let item = target(item);
            self.steps(item, at, steps)?;
            at += item.head;
        }
        steps.code(close);
        Ok(())
    }

    /// Returns the step of a raw array; whether the caller writes its `count` next to it.
    pub fn raw(&mut self, raw: &Raw, count: bool, at: usize) -> Result<Step> {
        target(raw.element).portable(count || raw.array)?;
        self.plan.arrays.push(Array::new(raw)?);
        Ok(Step::Raw { at, array: self.plan.arrays.len() - 1 })
    }
}

impl Planner {
    /// Adds the step of a pointer or weak reference whose head is at `at`.
    pub fn pointer(&mut self, schema: &'static Schema, at: usize, steps: &mut Steps<'_>) -> Result<()> {
        let joins = steps.take_kept();
        let pointer = self.pointer_of(schema)?;
        steps.push(match schema.kind {
            Kind::Weak(_) => Step::Weak { at, pointer },
            _ => Step::Shared { at, pointer, joins },
        });
        Ok(())
    }

    fn pointer_of(&mut self, schema: &'static Schema) -> Result<usize> {
        if let Some(pointer) = self.pointers.get(address(schema)) {
            return Ok(pointer);
        }
        let pointer = self.plan.pointers.len();
        self.plan.pointers.push(Pointer { row: 0, schema });
        self.pointers.set(address(schema), pointer);
        let row = match schema.kind {
            Kind::Weak(of) => self.row_of(target(of), true)?,
            _ => {
                let row = self.place(schema.head);
                let mut list = Vec::new();
                self.kind(schema, 0, &mut Steps::new(&mut list, true))?;
                self.plan.rows[row].steps = list;
                row
            }
        };
        self.plan.pointers[pointer].row = row;
        Ok(pointer)
    }
}

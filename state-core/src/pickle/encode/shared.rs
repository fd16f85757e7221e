//! Writes shared objects: each is put in the memo once, and fetched from there by everything that refers to it.
//!
//! As with Python's own pickler, an object is put in the memo before its state, and a list or dict before its items, so
//! that a cycle finds it there. A reference that precedes its object makes it without a state, which follows at the
//! object's place in the image; so chains of such references do not nest. A value that can only be made from its parts
//! (text, tuples, calls) is written where it is first referred to.
//!
//! If a cycle leads back to such a value while its parts are being written, the pickle is begun again, and everything
//! with parts is kept in the memo. Then the value is made once more at the inner reference, from parts that are in the
//! memo, and what the outer place makes of them is dropped. Python's own pickler does the same with tuples and calls.

use alloc::format;

use super::group::{Batches, Group};
use super::numbered::{Seen, Start};
use super::plan::{Plan, Step, Word};
use super::rest::{Rest, disagreement, part_of};
use super::skip::Skip;
use super::write::Write;
use crate::error::{Error, ErrorKind, Result};
use crate::pickle::opcode::POP;
use crate::schema::Schema;
use crate::sharing::{CLASSES, Number, RECORD, Record, name};

/// Values that can be in the memo before their parts are written.
pub(super) enum Early {
    /// An object, made by this row.
    Object(usize),
    Group(Group),
}

/// The class of values that are kept though nothing refers to them; no image has it.
const KEPT: u8 = CLASSES as u8;

/// The greatest depth of rows in objects that are written inside their own parts.
const MOST_AHEAD: usize = 128;

impl Plan {
    /// Returns the row of the type behind a trait object, if this row writes one.
    fn member<'i>(&self, mut row: usize, mut head: &'i [u8], mut rest: Rest<'i, '_>) -> Result<Option<usize>> {
        loop {
            match *self.rows[row].steps {
                [Step::Boxed { row: inner }] => {
                    row = inner;
                    let size = self.rows[row].head;
                    head = &rest.run(1, size)?[..size];
                }
                [Step::Enum { at, variants }] => return Ok(Some(self.enums[variants].of(head, at)?.0)),
                [Step::Open { at, set }] => return Ok(Some(rest.open_member(self, set, (head, at))?.0)),
                _ => return Ok(None),
            }
        }
    }

    pub(super) fn early(&self, mut row: usize) -> Option<Early> {
        loop {
            return match *self.rows[row].steps {
                [Step::Boxed { row: inner }] => {
                    row = inner;
                    continue;
                }
                [Step::Made { row }, ..] => Some(Early::Object(row)),
                [Step::KeptGroup { group, .. }] => Some(Early::Group(group)),
                [Step::KeptFixed { .. }] => Some(Early::Group(Group::List)),
                _ => None,
            };
        }
    }
}

impl<'i, 'l> Write<'_, 'i, 'l, '_, '_> {
    /// Writes the target of a shared pointer, whose head is at `at`.
    pub(super) fn shared(&mut self, head: &'i [u8], at: usize, (pointer, joins): (usize, bool)) -> Result<()> {
        let record = Record::read(self.rest.run(1, RECORD)?).ok_or_else(disagreement)?;
        let row = self.plan.pointers[pointer].row;
        let content = part_of(head, at, self.plan.rows[row].head)?;
        let fence = self.objects.fence;
        if !joins {
            self.objects.fence = self.objects.begun.len();
        }
        match record {
            Record::Own => self.row(row, content)?,
            Record::New(number) => self.object(number, row, content)?,
            Record::Back(number) => self.reference(number, pointer)?,
        }
        self.objects.fence = fence;
        Ok(())
    }

    /// Writes the target of a weak reference.
    pub(super) fn weak(&mut self, head: &'i [u8], at: usize, pointer: usize) -> Result<()> {
        match Record::read(part_of(head, at, RECORD)?) {
            Some(Record::Own) => {
                self.sink.none();
                Ok(())
            }
            Some(Record::Back(number)) => self.reference(number, pointer),
            _ => Err(disagreement()),
        }
    }

    /// Writes an object at its place.
    fn object(&mut self, number: Number, row: usize, head: &'i [u8]) -> Result<()> {
        let makes_only = self.plan.keeps_all && self.objects.ahead > 0;
        let seen = *self.objects.seen(number)?;
        match seen {
            Seen::Not if makes_only && self.make(number, row)? => self.rest.skip(&mut Skip::new(self.plan), row, head),
            Seen::Made(memo) | Seen::Parts(memo) if makes_only => {
                self.got(memo);
                self.rest.skip(&mut Skip::new(self.plan), row, head)
            }
            Seen::Not => self.whole(number, row, head),
            Seen::Open if makes_only => self.whole(number, row, head),
            Seen::Parts(_) => self.parts(number, row, head),
            Seen::Made(memo) => {
                *self.objects.seen(number)? = Seen::There(memo);
                self.objects.made = Some(memo);
                self.row(row, head)
            }
            Seen::There(memo) => {
                self.got(memo);
                self.rest.skip(&mut Skip::new(self.plan), row, head)
            }
            Seen::Open => Err(disagreement()),
            Seen::Again => Err(hidden()),
        }
    }

    /// Writes a value that may be met again, though nothing refers to it.
    pub(super) fn kept(&mut self, head: &'i [u8], at: usize, row: usize) -> Result<()> {
        let content = part_of(head, at, self.plan.rows[row].head)?;
        let next = self.objects.kept.len();
        let index = self.objects.kept.get_or_set([row, content.as_ptr() as usize], next) as u32;
        let fence = core::mem::replace(&mut self.objects.fence, self.objects.begun.len());
        self.object(Number { class: KEPT, index }, row, content)?;
        self.objects.fence = fence;
        Ok(())
    }

    /// Writes all of an object that was not referred to before, or writes once more what is put in the memo only after
    /// its parts.
    fn whole(&mut self, number: Number, row: usize, head: &'i [u8]) -> Result<()> {
        let seen = self.objects.seen(number)?;
        *seen = if matches!(seen, Seen::Open) { Seen::Again } else { Seen::Open };
        self.parts(number, row, head)
    }

    fn parts(&mut self, number: Number, row: usize, head: &'i [u8]) -> Result<()> {
        let outer = self.objects.begun.len();
        self.objects.begun.push(number);
        self.row(row, head)?;
        if self.objects.begun.len() > outer {
            self.keep()?;
        }
        Ok(())
    }

    /// Puts what was written last in the memo, as all the objects that it is.
    fn keep(&mut self) -> Result<()> {
        let fence = self.objects.fence;
        if self.objects.begun.len() > fence {
            let memo = match self.made_meanwhile()? {
                Some(memo) => {
                    self.sink.put([POP]);
                    self.got(memo);
                    memo
                }
                None => self.memoize(),
            };
            let is_whole = !self.plan.keeps_all || self.objects.ahead == 0;
            while self.objects.begun.len() > fence {
                if let Some(number) = self.objects.begun.pop() {
                    *self.objects.seen(number)? = if is_whole { Seen::There(memo) } else { Seen::Parts(memo) };
                }
            }
        }
        Ok(())
    }

    /// Returns the memo number of what was written last, if it was also written among its own parts.
    fn made_meanwhile(&mut self) -> Result<Option<u32>> {
        for at in self.objects.fence..self.objects.begun.len() {
            if let Seen::Parts(memo) | Seen::There(memo) = *self.objects.seen(self.objects.begun[at])? {
                return Ok(Some(memo));
            }
        }
        Ok(None)
    }

    fn memoize(&mut self) -> u32 {
        let memo = self.sink.memo_len();
        self.sink.memoize();
        memo
    }

    fn got(&mut self, memo: u32) {
        let code = self.sink.get(memo);
        self.sink.code(&code);
    }

    /// Writes a reference to an object that has begun, or follows later.
    fn reference(&mut self, number: Number, pointer: usize) -> Result<()> {
        match *self.objects.seen(number)? {
            Seen::There(memo) | Seen::Parts(memo) | Seen::Made(memo) => {
                self.got(memo);
                return Ok(());
            }
            Seen::Open if self.plan.keeps_all => return self.ahead(number, cycle(self.plan.pointers[pointer].schema)),
            Seen::Open | Seen::Again => return self.knot(cycle(self.plan.pointers[pointer].schema)),
            Seen::Not => {}
        }
        if self.make(number, self.plan.pointers[pointer].row)? {
            return Ok(());
        }
        let Start { row, head, rest } = self.start(number)?;
        if let Some(row) = self.plan.member(row, head, rest)? {
            if self.make(number, row)? {
                return Ok(());
            }
        }
        let error = forward(self.plan.pointers[pointer].schema);
        // Otherwise such objects could nest without end, because the parts of each are written too.
        if self.objects.ahead > 0 && !self.plan.keeps_all { self.knot(error) } else { self.ahead(number, error) }
    }

    /// Makes an object without its parts, which follow at its place; returns whether that is possible.
    fn make(&mut self, number: Number, row: usize) -> Result<bool> {
        match self.plan.early(row) {
            Some(Early::Object(row)) => self.row(row, &[])?,
            Some(Early::Group(group)) => {
                self.sink.open_group(group, 0)?;
            }
            None => return Ok(false),
        }
        let memo = self.memoize();
        *self.objects.seen(number)? = Seen::Made(memo);
        Ok(true)
    }

    /// Writes all of an object before its turn, or inside its own parts. The rows of all objects that are written so
    /// may together nest to `MOST_AHEAD`, those of a single one to any depth; beyond that it is an error.
    fn ahead(&mut self, number: Number, error: Error) -> Result<()> {
        let Start { row, head, rest } = self.start(number)?;
        let mut over = Skip::new(self.plan);
        { rest }.skip(&mut over, row, head)?;
        let outer = self.objects.ahead;
        if outer > 0 && outer + over.deepest() > MOST_AHEAD {
            return Err(error);
        }
        let here = core::mem::replace(&mut self.rest, rest);
        let fence = core::mem::replace(&mut self.objects.fence, self.objects.begun.len());
        self.objects.ahead = outer + over.deepest();
        self.whole(number, row, head)?;
        self.objects.ahead = outer;
        self.objects.fence = fence;
        self.rest = here;
        Ok(())
    }

    fn knot(&mut self, error: Error) -> Result<()> {
        self.objects.is_knot = !self.plan.keeps_all;
        Err(error)
    }

    /// Returns where an object is in the image. All objects are searched for at once.
    fn start(&mut self, number: Number) -> Result<Start<'i, 'l>> {
        if self.objects.starts.is_none() {
            let Start { row, head, mut rest } = self.objects.root;
            let mut skip = Skip::noting(self.plan);
            rest.skip(&mut skip, row, head)?;
            self.objects.starts = skip.starts;
        }
        let starts = self.objects.starts.as_ref();
        starts.and_then(|starts| starts.get(number.key())).copied().ok_or_else(disagreement)
    }

    /// Writes an object without its state, or fetches it if it was made before.
    pub(super) fn made(&mut self, row: usize) -> Result<()> {
        match self.objects.made.take() {
            Some(memo) => {
                self.got(memo);
                Ok(())
            }
            None => {
                self.row(row, &[])?;
                self.keep()
            }
        }
    }

    /// As [`group`](Self::group), for one that is kept.
    pub(super) fn kept_group(&mut self, head: &'i [u8], at: usize, (row, group): (usize, Group)) -> Result<()> {
        let (count, run) = self.heads(head, at, row)?;
        let batches = self.open_kept(group, count)?;
        self.fill(batches, row, count, run)
    }

    /// As [`fixed`](Self::fixed), for one that is kept.
    pub(super) fn kept_fixed(&mut self, head: &'i [u8], at: usize, (row, count): (usize, usize)) -> Result<()> {
        let heads = part_of(head, at, self.plan.rows[row].head * count)?;
        let batches = self.open_kept(Group::List, count)?;
        self.fill(batches, row, count, heads)
    }

    fn open_kept(&mut self, group: Group, count: usize) -> Result<Batches> {
        if let Some(memo) = self.objects.made.take() {
            self.got(memo);
            return Ok(self.sink.batches(group, count));
        }
        let batches = self.sink.open_group(group, count)?;
        self.keep()?;
        Ok(batches)
    }

    /// Writes a member of an enum.
    pub(super) fn member(&mut self, word: usize) -> Result<()> {
        let Word::Member { class, name } = &self.plan.words[word] else { return Err(disagreement()) };
        self.member_of(*class, name)
    }
}

/// The error for a value that contains itself, by way of nothing that Python could make before its parts.
#[cold]
fn hidden() -> Error {
    let expected = "a cycle with an object that Python can make before its parts: a struct that is not pickled by a call, a \
                    list or a map";
    Error::new(ErrorKind::Unwritable, expected, "one of calls, tuples and enums with slots alone")
}

#[cold]
fn cycle(schema: &'static Schema) -> Error {
    let expected = "a cycle that leads back to what Python can make before its parts: a struct that is not pickled by a \
                    call, a list or a map (an enum with slots can stand in a struct)";
    Error::new(ErrorKind::Unwritable, expected, format!("one back to {}", name(schema)))
}

#[cold]
fn forward(schema: &'static Schema) -> Error {
    let expected = "a reference to an object that follows in another that follows to lead to what Python can make before its \
                    parts: a struct that is not pickled by a call, a list or a map";
    Error::new(ErrorKind::Unwritable, expected, format!("one to {}", name(schema)))
}

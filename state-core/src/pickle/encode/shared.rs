//! Shared objects on the way into a pickle: each goes into the memo once, and is got from there by all that refer to it.
//!
//! As with Python's own pickler, an object goes into the memo before its state, and a list or dict before its items, so
//! that a cycle finds it there. A reference that comes before its object has it made without a state, which follows where
//! the object stands in the image; so chains of such references do not nest. What can only be made of its parts (text,
//! tuples, calls) is written where it is first referred to.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::vec::Vec;

use super::group::{Batches, Group};
use super::plan::{Plan, Planner, Step, Steps, Word, target};
use super::skip::Skip;
use super::write::{Rest, Write, disagreement, part_of};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::{Kind, Schema};
use crate::sharing::{Number, RECORD, Record, name};

/// A type of pointers.
pub(super) struct Pointer {
    /// How what it leads to is written.
    pub row: usize,
    pub schema: &'static Schema,
}

impl Planner {
    /// The step of a pointer or weak reference whose head is at `at`.
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
        if let Some(&pointer) = self.pointers.get(&core::ptr::from_ref(schema)) {
            return Ok(pointer);
        }
        let pointer = self.plan.pointers.len();
        self.plan.pointers.push(Pointer { row: 0, schema });
        self.pointers.insert(schema, pointer);
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

/// What can be in the memo before its parts are written.
enum Early {
    /// An object, made by this row.
    Object(usize),
    Group(Group),
}

impl Plan {
    fn early(&self, mut row: usize) -> Option<Early> {
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

/// How far an object is.
#[derive(Clone, Copy)]
enum Seen {
    Not,
    /// It is being written, and not in the memo.
    Open,
    /// It is in the memo at this place, without its parts.
    Made(u32),
    /// It is in the memo, and its parts are or will be written.
    There(u32),
}

/// Where the value of an object stands in the image.
#[derive(Clone, Copy)]
pub(super) struct Place<'i, 'l> {
    pub row: usize,
    pub head: &'i [u8],
    /// What of the regions begins there.
    pub rest: Rest<'i, 'l>,
}

/// The objects of an image by their numbers.
pub(super) type Places<'i, 'l> = BTreeMap<(u8, u32), Place<'i, 'l>>;

/// The objects of an image, as they are written.
pub(super) struct Objects<'i, 'l> {
    /// How far each is, by class and index.
    seen: Vec<Vec<Seen>>,
    /// Objects that have begun and are not in the memo, innermost last.
    begun: Vec<Number>,
    /// From where on they are those that what is written next is.
    fence: usize,
    /// The place in the memo of what is written next, if it was made before.
    made: Option<u32>,
    /// The root.
    root: Place<'i, 'l>,
    /// Where the objects are, once that has been asked.
    places: Option<Places<'i, 'l>>,
    /// Whether an object is written before its turn.
    ahead: bool,
}

impl<'i, 'l> Objects<'i, 'l> {
    pub const fn new(head: &'i [u8], rest: Rest<'i, 'l>) -> Self {
        Self {
            seen: Vec::new(),
            begun: Vec::new(),
            fence: 0,
            made: None,
            root: Place { row: 0, head, rest },
            places: None,
            ahead: false,
        }
    }

    /// The head of the root.
    pub const fn root_head(&self) -> &'i [u8] {
        self.root.head
    }

    fn seen(&mut self, Number { class, index }: Number) -> Result<&mut Seen> {
        let (class, index) = (usize::from(class), index as usize);
        // Each has a record.
        if index > self.root.rest.tail.len() / RECORD {
            return Err(disagreement());
        }
        if class >= self.seen.len() {
            self.seen.resize_with(class + 1, Vec::new);
        }
        let seen = &mut self.seen[class];
        if index >= seen.len() {
            seen.resize(index + 1, Seen::Not);
        }
        Ok(&mut seen[index])
    }
}

impl<'i, 'l> Write<'_, 'i, 'l, '_, '_> {
    /// Writes what a shared pointer leads to, whose head is at `at`.
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

    /// Writes what a weak reference leads to.
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
        let seen = self.objects.seen(number)?;
        match *seen {
            Seen::Not => self.whole(number, row, head),
            Seen::Made(memo) => {
                *seen = Seen::There(memo);
                self.objects.made = Some(memo);
                self.row(row, head)
            }
            Seen::There(memo) => {
                self.got(memo);
                self.rest.skip(&mut Skip::new(self.plan), row, head)
            }
            Seen::Open => Err(disagreement()),
        }
    }

    /// Writes all of an object that nothing has referred to.
    fn whole(&mut self, number: Number, row: usize, head: &'i [u8]) -> Result<()> {
        *self.objects.seen(number)? = Seen::Open;
        let outer = self.objects.begun.len();
        self.objects.begun.push(number);
        self.row(row, head)?;
        if self.objects.begun.len() > outer {
            self.keep()?;
        }
        Ok(())
    }

    /// Puts what was written last into the memo, for the objects that it is.
    fn keep(&mut self) -> Result<()> {
        let fence = self.objects.fence;
        if self.objects.begun.len() > fence {
            let memo = self.memoize();
            while self.objects.begun.len() > fence {
                if let Some(number) = self.objects.begun.pop() {
                    *self.objects.seen(number)? = Seen::There(memo);
                }
            }
        }
        Ok(())
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

    /// Writes a reference to an object that has begun, or follows.
    fn reference(&mut self, number: Number, pointer: usize) -> Result<()> {
        match *self.objects.seen(number)? {
            Seen::There(memo) | Seen::Made(memo) => {
                self.got(memo);
                return Ok(());
            }
            Seen::Open => return Err(cycle(self.plan.pointers[pointer].schema)),
            Seen::Not => {}
        }
        match self.plan.early(self.plan.pointers[pointer].row) {
            Some(Early::Object(row)) => self.row(row, &[])?,
            Some(Early::Group(group)) => {
                self.sink.open_group(group, 0)?;
            }
            None => return self.ahead(number, pointer),
        }
        let memo = self.memoize();
        *self.objects.seen(number)? = Seen::Made(memo);
        Ok(())
    }

    /// Writes all of an object before its turn. One in another could go on and on, so there is only one at a time.
    fn ahead(&mut self, number: Number, pointer: usize) -> Result<()> {
        if self.objects.ahead {
            return Err(forward(self.plan.pointers[pointer].schema));
        }
        let Place { row, head, rest } = self.place(number)?;
        let here = core::mem::replace(&mut self.rest, rest);
        let fence = core::mem::replace(&mut self.objects.fence, self.objects.begun.len());
        self.objects.ahead = true;
        self.whole(number, row, head)?;
        self.objects.ahead = false;
        self.objects.fence = fence;
        self.rest = here;
        Ok(())
    }

    /// Where an object is in the image. They are all looked for at once.
    fn place(&mut self, number: Number) -> Result<Place<'i, 'l>> {
        if self.objects.places.is_none() {
            let Place { row, head, mut rest } = self.objects.root;
            let mut skip = Skip::noting(self.plan);
            rest.skip(&mut skip, row, head)?;
            self.objects.places = skip.places;
        }
        let places = self.objects.places.as_ref();
        places.and_then(|places| places.get(&(number.class, number.index))).copied().ok_or_else(disagreement)
    }

    /// Writes an object without its state, unless it is there.
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

    /// As [`group`](Self::group), of one that is kept.
    pub(super) fn kept_group(&mut self, head: &'i [u8], at: usize, (row, group): (usize, Group)) -> Result<()> {
        let (count, run) = self.heads(head, at, row)?;
        let batches = self.open_kept(group, count)?;
        self.fill(batches, row, count, run)
    }

    /// As [`fixed`](Self::fixed), of one that is kept.
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

    /// Writes the member of an enum.
    pub(super) fn member(&mut self, word: usize) -> Result<()> {
        let Word::Member { class, name } = &self.plan.words[word] else { return Err(disagreement()) };
        self.member_of(*class, name)
    }
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

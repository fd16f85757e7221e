//! Numbered references in an image that is made of an older one: each object is made where the present form first refers
//! to it, from where it stands in the older image.

use alloc::vec::Vec;
use core::mem;

use super::op::At;
use super::run::{Cursor, Run, damaged};
use crate::error::{Error, ErrorKind, Result};
use crate::protocol::builder::Builder;
use crate::protocol::decode::Regions;
use crate::schema::places::{Key, Places};
use crate::schema::{ClassKey, Kind, Nodes, PointerKey, Schema};
use crate::sharing::walked::{Given, Objects};
use crate::sharing::{Number, RECORD, Record};
use crate::walk;

/// Whether references are numbered, in the older images and in those that are made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Numbering {
    pub theirs: bool,
    pub ours: bool,
}

impl Numbering {
    pub fn is_any(self) -> bool {
        self.theirs || self.ours
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

/// Whether a type has shared pointers or weak references in it.
pub(super) fn shares(nodes: &Nodes, schema: &Schema) -> bool {
    nodes.reach(schema, |node| node.shared.is_some() || matches!(node.kind, Kind::Weak(_)))
}

/// The objects of the older image, and what has been made of them.
pub(super) struct Numbers<'a> {
    objects: Objects<'a>,
    given: Given,
    /// What was made of each, by its place among them.
    made: Vec<Made>,
    places: Places,
    weak: Vec<(Number, ClassKey)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Made {
    /// The value of a pointer that is not shared.
    Value,
    Object(ClassKey),
}

impl<'a> Numbers<'a> {
    /// Those of an image, which is gone over.
    ///
    /// # Errors
    /// Damage, with its place.
    pub fn of((schema, nodes): (&'a Schema, &'a Nodes), regions: &Regions<'a>, levels: u32) -> Result<Self> {
        let objects = match regions.numbered {
            Some(_) => walk::objects((schema, nodes), regions, levels)?,
            None => Objects::default(),
        };
        Ok(Self { objects, given: Given::default(), made: Vec::new(), places: Places::default(), weak: Vec::new() })
    }

    /// Notes what is made of an object; an error if it is something else than before.
    fn makes(&mut self, number: Number, what: Made) -> Result<()> {
        match self.made(number) {
            Some(made) if made == what => Ok(()),
            Some(_) => Err(parted()),
            None => {
                self.places.set(key(number), self.made.len());
                self.made.push(what);
                Ok(())
            }
        }
    }

    fn made(&self, number: Number) -> Option<Made> {
        self.places.get(key(number)).map(|place| self.made[place])
    }

    /// Writes the records.
    pub fn write(self, out: &mut Builder) -> Result<()> {
        for &(number, class) in &self.weak {
            if self.made(number).is_some_and(|made| made != Made::Object(class)) {
                return Err(parted());
            }
        }
        self.given.write(out)
    }
}

/// The class in ours of an object of theirs: types that look alike in a schema are told apart as they were.
fn class(key: PointerKey, number: Number) -> Option<ClassKey> {
    match key.class()? {
        ClassKey::Shape(shape) => Some(ClassKey::Shape(shape << 8 | u64::from(number.class))),
        class @ ClassKey::Type(_) => Some(class),
    }
}

fn key(number: Number) -> Key {
    [usize::from(number.class), number.index as usize]
}

fn identity(number: Number) -> u64 {
    u64::from(number.class) << 32 | u64::from(number.index)
}

#[cold]
fn parted() -> Error {
    Error::new(
        ErrorKind::Identity,
        "shared pointers of one type wherever they lead to one object",
        "an older state in which an object is shared that is not shared, or by pointers of several types, in the present \
         form (`upgrade` or `from` of a type around all of them, in a state without numbered references, can make copies)",
    )
}

impl<'a> Run<'_, 'a> {
    /// Makes a part that is a shared pointer in theirs, in ours, or in both.
    pub(super) fn pointer(
        &mut self,
        (Pointers { theirs, ours }, of): (Pointers, At),
        head: &'a [u8],
        to: usize,
    ) -> Result<()> {
        let record = match theirs {
            Some(_) => Record::read(self.run(1, RECORD)?).ok_or_else(damaged)?,
            None => Record::Own,
        };
        let place = ours.map(|_| self.out.run(1, RECORD));
        let (number, is_here) = match record {
            Record::Own => return self.value(of, head, to),
            Record::New(number) => (number, true),
            Record::Back(number) => (number, false),
        };
        let class = ours.and_then(|key| class(key, number));
        let numbers = self.numbers.as_mut().ok_or_else(damaged)?;
        let (Some(place), Some(class)) = (place, class) else {
            // Its own value: nothing else may refer to it.
            let is_first = numbers.made(number).is_none();
            numbers.makes(number, Made::Value)?;
            return if is_first && is_here { self.value(of, head, to) } else { Err(parted()) };
        };
        numbers.makes(number, Made::Object(class))?;
        match (numbers.given.strong(place, class, identity(number)), is_here) {
            (true, true) => self.value(of, head, to),
            (true, false) => self.elsewhere(of, number, to),
            (false, true) => theirs.map_or(Ok(()), |over| self.skip(over, head)),
            (false, false) => Ok(()),
        }
    }

    /// Makes the value of a pointer, with which it is one part.
    fn value(&mut self, of: At, head: &'a [u8], to: usize) -> Result<()> {
        self.parts += 1;
        self.part(of, head, to)?;
        self.parts -= 1;
        Ok(())
    }

    /// Makes an object from where it stands.
    fn elsewhere(&mut self, of: At, number: Number, to: usize) -> Result<()> {
        let numbers = self.numbers.as_ref().ok_or_else(damaged)?;
        let Regions { head, tail, text, raw, .. } = *numbers.objects.get(number).ok_or_else(damaged)?;
        let there = Cursor { tail, text, raw };
        let (here, whole) = (mem::replace(&mut self.at, there), mem::replace(&mut self.whole, there));
        self.value(of, head, to)?;
        (self.at, self.whole) = (here, whole);
        Ok(())
    }

    /// Makes a weak reference.
    pub(super) fn weak(&mut self, key: PointerKey, head: &[u8], to: usize) -> Result<()> {
        let number = match Record::read(head).ok_or_else(damaged)? {
            Record::Own => return Ok(()),
            Record::New(_) => return Err(damaged()),
            Record::Back(number) => number,
        };
        let (Some(class), Some(numbers)) = (class(key, number), self.numbers.as_mut()) else { return Ok(()) };
        numbers.weak.push((number, class));
        numbers.given.weak(to, class, identity(number));
        Ok(())
    }
}

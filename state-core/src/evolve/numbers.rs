//! Numbered references in an image that is made from an older one: each object is made where the present form first
//! refers to it, from its place in the older image.

use alloc::vec::Vec;

use crate::error::{Error, ErrorKind, Result};
use crate::places::{Key, Places};
use crate::protocol::builder::Builder;
use crate::protocol::decode::Regions;
use crate::schema::{ClassKey, Kind, Nodes, PointerKey, Schema};
use crate::sharing::Number;
use crate::sharing::walked::{Given, Objects};
use crate::walk;

/// Whether references are numbered in the older images and in those that are made.
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

/// Whether a type contains shared pointers or weak references.
pub(crate) fn shares(nodes: &Nodes, schema: &Schema) -> bool {
    nodes.reach(schema, |node| node.shared.is_some() || matches!(node.kind, Kind::Weak(_)))
}

/// The objects of the older image, and what has been made of them.
pub(super) struct Numbers<'a> {
    pub objects: Objects<'a>,
    pub given: Given,
    /// What was made of each object, by its index in `places`.
    made: Vec<Product>,
    places: Places,
    pub weak: Vec<(Number, ClassKey)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Product {
    /// The value of a pointer that is not shared.
    Value,
    Object(ClassKey),
}

impl<'a> Numbers<'a> {
    /// Finds the objects of an image, in a walk over all of it.
    ///
    /// # Errors
    /// The image is damaged, with the place of the damage.
    pub fn of((schema, nodes): (&'a Schema, &'a Nodes), regions: &Regions<'a>, levels: u32) -> Result<Self> {
        let objects = match regions.numbered {
            Some(_) => walk::objects((schema, nodes), regions, levels)?,
            None => Objects::default(),
        };
        Ok(Self { objects, given: Given::default(), made: Vec::new(), places: Places::default(), weak: Vec::new() })
    }

    /// Records what is made of an object; an error if something else was made of it before.
    pub fn makes(&mut self, number: Number, what: Product) -> Result<()> {
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

    pub fn made(&self, number: Number) -> Option<Product> {
        self.places.get(key(number)).map(|place| self.made[place])
    }

    /// Writes the records of all references.
    pub fn write(self, out: &mut Builder) -> Result<()> {
        for &(number, class) in &self.weak {
            if self.made(number).is_some_and(|made| made != Product::Object(class)) {
                return Err(parted());
            }
        }
        self.given.write(out)
    }
}

/// Returns the class in the new image of an older object. Types that look alike in a schema remain distinct if they
/// were.
pub(super) fn class(key: PointerKey, number: Number) -> Option<ClassKey> {
    match key.class()? {
        ClassKey::Shape(shape) => Some(ClassKey::Shape(shape << 8 | u64::from(number.class))),
        class @ ClassKey::Type(_) => Some(class),
    }
}

fn key(number: Number) -> Key {
    [usize::from(number.class), number.index as usize]
}

pub(super) fn identity(number: Number) -> u64 {
    u64::from(number.class) << 32 | u64::from(number.index)
}

#[cold]
pub(super) fn parted() -> Error {
    Error::new(
        ErrorKind::Identity,
        "shared pointers of one type wherever they lead to one object",
        "an older state in which an object is shared that the present form does not share, or only by pointers of several \
         types",
    )
    .with_hint("keep these pointers as they were, or load the state as the older types and convert it in the program")
}

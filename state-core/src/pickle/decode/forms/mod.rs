//! The forms of PyO3 classes: how their objects are made, and the schemas that name their slots.
//!
//! `Class.__form__(schemas)` returns a form, and calling that with slots makes an object. So the slots of such objects
//! are matched by name, whatever the expected type says about its pickles; and so are those of the structs and enums
//! inside them that are not classes and are written as tuples.
//!
//! A pickle can have a long schema and many short objects. What is needed for each object is found in tables, so that
//! no object costs more than its values.

mod call;
mod layer;
mod shape;

use crate::places::{Table, Words, words};
use alloc::borrow::ToOwned;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::{OnceCell, RefCell};

pub(super) use self::call::Mode;
use self::layer::Layer;
pub(super) use self::shape::{Inner, Shape};
use super::arena::{Id, Tag};
use super::parts::Parts;
use super::view::View;
use crate::error::{Error, ErrorKind, Result};

/// The most bases of a class, itself included.
const MOST_LAYERS: usize = 128;

/// The forms of a pickle, which are searched for once an object may be made by one.
#[derive(Debug, Default)]
pub(super) struct Forms {
    now: OnceCell<FormTable>,
    /// The forms in what was read of the pickle before.
    before: RefCell<FormTable>,
}

/// The forms that were found so far.
#[derive(Debug, Default)]
struct FormTable {
    /// The numbers of the layers of each form, by the place of the call that returns it.
    forms: Table<Rc<[usize]>>,
    layers: Vec<Layer>,
    /// The numbers of the classes.
    classes: Words,
    /// The layers by the class and the part that is given: for arguments, the numbers of the layers, and for a schema,
    /// that of the one. If nothing is memoized, each object has its own copy of the schemas, which are then found by
    /// their bytes. Schemas that cannot be read are not read again.
    by_arguments: Table<Option<Rc<[usize]>>>,
    by_id: Table<Option<usize>>,
    by_bytes: Words,
    /// Why the first form that is left out cannot be read, and its class.
    damage: RefCell<Option<(String, Error)>>,
    /// The end of the arena up to which forms were searched for.
    end: u32,
    /// The memory that the schemas occupy.
    memory: usize,
}

impl Forms {
    fn get(&self, parts: &Parts<'_>, memory: usize) -> &FormTable {
        self.now.get_or_init(|| self.before.take().and(parts, memory))
    }

    /// Keeps the forms for what is read of the pickle later.
    pub fn later(self) -> Self {
        let found = self.now.into_inner().unwrap_or_else(|| self.before.into_inner());
        Self { now: OnceCell::new(), before: RefCell::new(found) }
    }

    /// Returns the error of filling an image; or why a form cannot be read, if that is the cause: its objects seem to
    /// be of no class.
    pub fn explain(&self, error: Error) -> Error {
        let damage = self.now.get().and_then(|found| found.damage.take());
        match damage {
            Some((class, damage)) if error.found() == class => damage,
            _ => error,
        }
    }
}

impl FormTable {
    /// Reads the forms that were added since, with at most `memory` bytes for all.
    fn and(mut self, parts: &Parts<'_>, memory: usize) -> Self {
        for (place, tag) in parts.arena.nodes_from(self.end) {
            let Some(class) = (tag == Tag::Call).then(|| parts.class_of_form(place)).flatten() else { continue };
            if let Some(layers) = self.form(parts, parts.arena.part(place, 1), &class, memory) {
                self.forms.set([place as usize, 0], layers);
            }
        }
        self.end = parts.arena.end();
        self
    }

    fn form(&mut self, parts: &Parts<'_>, given: Id, class: &str, memory: usize) -> Option<Rc<[usize]>> {
        let key = [self.class(class), given.0 as usize];
        if let Some(known) = self.by_arguments.get(key) {
            return known.clone();
        }
        let layers = self.layers_by(parts, given, class, memory).map_err(|error| self.damaged(error, class)).ok();
        self.by_arguments.set(key, layers.clone());
        layers
    }

    fn class(&mut self, class: &str) -> usize {
        self.classes.get_or_set(class.as_bytes(), self.classes.len())
    }

    fn layers_by(&mut self, parts: &Parts<'_>, given: Id, class: &str, memory: usize) -> Result<Rc<[usize]>> {
        let mut layers = Vec::new();
        let arguments = parts.arguments(given);
        if arguments.len() > MOST_LAYERS {
            return Err(no_schemas());
        }
        for (at, argument) in arguments.enumerate() {
            match parts.view(argument) {
                View::Bytes(bytes) => layers.push(self.layer_of((argument, bytes), class, memory)?),
                View::Int(_) if at == 0 => {}
                _ => return Err(no_schemas()),
            }
        }
        Ok(layers.into())
    }

    /// Returns the number of the layer of a schema of a class.
    fn layer_of(&mut self, (id, bytes): (Id, &[u8]), class: &str, memory: usize) -> Result<usize> {
        let by_id = [self.class(class), id.0 as usize];
        if let Some(known) = self.by_id.get(by_id) {
            return known.ok_or_else(no_schemas);
        }
        let by_bytes = words(class, bytes);
        let known = match self.by_bytes.get(&by_bytes) {
            Some(known) => self.layers.get(known).map(|_| known).ok_or_else(no_schemas),
            None => self.layer(bytes, class, memory),
        };
        self.by_id.set(by_id, known.as_ref().ok().copied());
        self.by_bytes.get_or_set(&by_bytes, known.as_ref().map_or(usize::MAX, |known| *known));
        known
    }

    fn layer(&mut self, bytes: &[u8], class: &str, memory: usize) -> Result<usize> {
        let first = self.layers.last().map_or(1, Layer::end);
        let layer = Layer::read(bytes, class, first, memory.saturating_sub(self.memory));
        // This counts schemas that cannot be read too, because each may be read again for many classes.
        let nodes = layer.as_ref().map_or(0, Layer::memory);
        self.memory = self.memory.saturating_add(nodes).saturating_add(bytes.len().saturating_mul(32));
        self.layers.push(layer?);
        Ok(self.layers.len() - 1)
    }

    #[cold]
    fn damaged(&self, error: Error, class: &str) {
        self.damage.borrow_mut().get_or_insert_with(|| (class.to_owned(), error.within(class)));
    }

    /// Returns the layers of a form: of a class and its bases, the first base's first.
    fn layers_of(&self, form: u32) -> Option<impl DoubleEndedIterator<Item = &Layer>> {
        Some(self.forms.get([form as usize, 0])?.iter().filter_map(|&number| self.layers.get(number)))
    }

    /// Returns the layer of a node, by its number among those of all layers.
    fn layer_with(&self, number: usize) -> Option<&Layer> {
        self.layers.get(self.layers.partition_point(|layer| layer.first <= number).checked_sub(1)?)
    }
}

#[cold]
fn no_schemas() -> Error {
    Error::new(ErrorKind::Malformed, "the schemas of a class and its bases, as bytes", "other arguments of `__form__`")
}

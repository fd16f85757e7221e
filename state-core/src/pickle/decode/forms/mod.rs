//! The forms of PyO3 classes: what their objects are made of, and the schemas that name the slots.
//!
//! `Class.__form__(schemas)` gives a form, and a call of that with slots makes an object. So the slots of such objects are
//! matched by name, whatever the type that is asked for says of its pickles; and so are those of the structs and enums
//! inside them that are no classes, and come as tuples.

mod call;
mod shape;

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::cell::{OnceCell, RefCell};

pub(super) use self::call::Mode;
pub(super) use self::shape::{Inner, Shape};
use super::arena::{Id, Tag};
use super::parts::Parts;
use super::view::View;
use crate::array::Elements;
use crate::error::{Error, ErrorKind, Result};
use crate::schema::{Kind, Nodes, Rows, Schema, divide_class};

/// The forms of a pickle, which are looked for once an object may be of one.
#[derive(Debug, Default)]
pub(super) struct Forms {
    now: OnceCell<Found>,
    /// Those of what was read of the pickle before.
    before: RefCell<Found>,
}

/// The forms that were found so far.
#[derive(Debug, Default)]
struct Found {
    /// By the places of the calls that give them, the numbers of their layers.
    forms: BTreeMap<u32, Vec<usize>>,
    layers: Vec<Layer>,
    /// The same of the schemas of a class that were met, by the part that they are and by their bytes.
    by_id: BTreeMap<(String, u32), usize>,
    by_bytes: BTreeMap<(String, Vec<u8>), usize>,
    /// Why the first of those that are left out was.
    damage: RefCell<Option<Error>>,
    /// How far they were looked for.
    end: u32,
    /// What their schemas take in memory.
    memory: usize,
}

/// What a form says of a class or of one of its bases.
#[derive(Debug)]
pub(super) struct Layer {
    /// The number of its first node among those of all layers.
    first: usize,
    nodes: Nodes,
    root: usize,
    /// Of each raw array, what lies where in an element.
    elements: BTreeMap<usize, Arc<str>>,
}

impl Forms {
    fn get(&self, parts: &Parts<'_>, memory: usize) -> &Found {
        self.now.get_or_init(|| self.before.take().and(parts, memory))
    }

    /// The same for what is read of the pickle later.
    pub fn later(self) -> Self {
        let found = self.now.into_inner().unwrap_or_else(|| self.before.into_inner());
        Self { now: OnceCell::new(), before: RefCell::new(found) }
    }

    /// The error in filling an image or, as objects of a form that cannot be read are of no class, why that cannot.
    pub fn explain(&self, error: Error) -> Error {
        self.now.get().and_then(|found| found.damage.take()).unwrap_or(error)
    }
}

impl Found {
    /// Reads those that came since, into no more memory than this for all.
    fn and(mut self, parts: &Parts<'_>, memory: usize) -> Self {
        for (place, tag) in parts.arena.nodes_from(self.end) {
            let Some(class) = (tag == Tag::Call).then(|| parts.class_of_form(place)).flatten() else { continue };
            if let Err(error) = self.form(parts, place, &class, memory) {
                self.damage.get_mut().get_or_insert_with(|| error.within(&class));
            }
        }
        self.end = parts.arena.end();
        self
    }

    fn form(&mut self, parts: &Parts<'_>, place: u32, class: &str, memory: usize) -> Result<()> {
        let mut layers = Vec::new();
        for (at, argument) in parts.arguments(parts.arena.part(place, 1)).enumerate() {
            match parts.view(argument) {
                View::Bytes(bytes) => layers.push(self.layer_of((argument, bytes), class, memory)?),
                View::Int(_) if at == 0 => {}
                _ => return Err(no_schemas()),
            }
        }
        self.forms.insert(place, layers);
        Ok(())
    }

    /// The number of the layer that a schema of a class is. Where nothing is memoized, each object has it.
    fn layer_of(&mut self, (id, bytes): (Id, &[u8]), class: &str, memory: usize) -> Result<usize> {
        let by_id = (class.to_owned(), id.0);
        if let Some(known) = self.by_id.get(&by_id) {
            return Ok(*known);
        }
        let by_bytes = (class.to_owned(), bytes.to_vec());
        if let Some(known) = self.by_bytes.get(&by_bytes).copied() {
            self.by_id.insert(by_id, known);
            return Ok(known);
        }
        let first = self.layers.last().map_or(1, |last| last.first + last.nodes.0.len());
        let layer = Layer::read(bytes, class, first, memory.saturating_sub(self.memory))?;
        let taken = layer.nodes.0.len().saturating_mul(size_of::<Schema>()).saturating_add(32 * bytes.len());
        self.memory = self.memory.saturating_add(taken);
        let number = self.layers.len();
        self.layers.push(layer);
        self.by_id.insert(by_id, number);
        self.by_bytes.insert(by_bytes, number);
        Ok(number)
    }

    /// What the form of a call says of a class and its bases, the first base's first.
    fn layers_of(&self, form: u32) -> Option<impl DoubleEndedIterator<Item = &Layer>> {
        Some(self.forms.get(&form)?.iter().filter_map(|&number| self.layers.get(number)))
    }

    /// The layer that a node belongs to, by its number among those of all.
    fn layer(&self, number: usize) -> Option<&Layer> {
        self.layers.get(self.layers.partition_point(|layer| layer.first <= number).checked_sub(1)?)
    }
}

impl Layer {
    fn read(bytes: &[u8], class: &str, first: usize, memory: usize) -> Result<Self> {
        let (members, schema) = divide_class(bytes).ok_or_else(no_schemas)?;
        let rows = Rows { members: members.into(), ..Rows::default() };
        // Of the class, the schema leaves out the module.
        let name = class.rsplit_once('.').map_or(class, |(_, name)| name);
        let (nodes, root) = Nodes::read(schema, &rows, memory, Some(name))?;
        let mut elements = BTreeMap::new();
        for (at, node) in nodes.0.iter().enumerate() {
            if let Kind::Raw(raw) = &node.kind {
                let layout = Elements { schema: nodes.get(raw.element), nodes: &nodes }.layout();
                elements.insert(at, layout.into());
            }
        }
        Ok(Self { first, nodes, root, elements })
    }
}

#[cold]
fn no_schemas() -> Error {
    Error::new(ErrorKind::Malformed, "the schemas of a class and its bases, as bytes", "other arguments of `__form__`")
}

//! A state on its way in: the items that are left of it, and how they are read.

use crate::error::Result;
use crate::protocol::builder::Builder;
use crate::python::into::blank;
use crate::python::into::items::Items;
use crate::python::into::older::Older;
use crate::python::options;
use crate::schema::{Kind, Schema};
use crate::walk::{self, Filled};

/// A state on its way in; each class of a chain takes its slots, the first base first.
pub struct Incoming<'v, 'py> {
    pub items: Items<'v, 'py>,
    source: Source<'v>,
    /// The number of classes that have taken theirs.
    place: usize,
}

/// What a state is made of.
#[derive(Clone, Copy)]
pub enum Source<'v> {
    /// The slots of the present form.
    Present,
    /// Those of an older one.
    Older(&'v Older),
    /// Native bytes that an older form wrote.
    Packed(&'v Older, &'v [u8]),
    /// Nothing: a value that an author's `__setstate__` is called on.
    Blank,
}

impl<'v, 'py> Incoming<'v, 'py> {
    pub fn new(items: Items<'v, 'py>, source: Source<'v>) -> Self {
        Self { items, source, place: 0 }
    }

    /// Whether the items are the slots of the present form.
    pub fn is_present(&self) -> bool {
        matches!(self.source, Source::Present)
    }

    /// Fills the image of the next class, in the space of another; the last class takes all items that are left.
    pub(in crate::python) fn fill(
        &mut self,
        schema: &'static Schema,
        is_last: bool,
        space: Builder,
    ) -> Result<Filled<'v>> {
        let place = self.place;
        self.place += 1;
        match self.source {
            Source::Present => present(schema, &mut self.items, is_last, space),
            Source::Older(older) => older.fill(place, (schema, is_last), &mut self.items),
            Source::Packed(older, bytes) => older.unpack(schema, bytes),
            Source::Blank => blank::image(schema),
        }
    }
}

fn present<'v>(
    schema: &'static Schema,
    items: &mut Items<'v, '_>,
    is_last: bool,
    space: Builder,
) -> Result<Filled<'v>> {
    let limits = options().limits(0);
    if !matches!(schema.kind, Kind::Object(_)) {
        return walk::fill(schema, items.rest(), limits);
    }
    let slots = if is_last { usize::MAX } else { walk::flat_slots(schema) };
    walk::fill_state_over(space, schema, items.split(slots), limits)
}

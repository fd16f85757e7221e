//! A state that is being read: the items that are left of it, and how they are read.

use core::cell::Cell;
use std::thread_local;

use crate::error::Result;
use crate::image::Tests;
use crate::protocol::builder::Builder;
use crate::protocol::decode::Regions;
use crate::python::error::test_unshared;
use crate::python::into::blank;
use crate::python::into::items::Items;
use crate::python::into::older::Older;
use crate::python::into::quick::Quick;
use crate::python::settings::{LARGE, options};
use crate::schema::fingerprint::identity;
use crate::schema::{Kind, Schema, root_name};
use crate::walk::{self, Filled};

/// A state that is being read; each class of a chain takes its slots, the first base first.
pub struct Incoming<'v, 'py> {
    pub items: Items<'v, 'py>,
    source: Source<'v>,
    /// The number of classes that have taken their slots.
    place: usize,
}

/// The source of a state.
#[derive(Clone, Copy)]
pub enum Source<'v> {
    /// The slots of the present form.
    Present,
    /// Slots of the present form that are in an image already, of the only class with a state.
    Quick(&'v Quick<'v>),
    /// Native bytes of the present form, of the only class with a state.
    Native(&'v [u8]),
    /// The slots of an older form.
    Older(&'v Older),
    /// Native bytes that an older form wrote.
    Packed(&'v Older, &'v [u8]),
    /// Nothing: an empty value, on which an author's `__setstate__` is called.
    Blank,
}

impl<'v, 'py> Incoming<'v, 'py> {
    pub fn new(items: Items<'v, 'py>, source: Source<'v>) -> Self {
        Self { items, source, place: 0 }
    }

    /// Builds the value of the next class from its image, which is checked first; the last class takes all items that
    /// are left.
    ///
    /// # Errors
    /// If the state is not one of the class; the error names it.
    pub(in crate::python) fn layer(&mut self, tests: Tests, is_last: bool, build: &mut dyn Build) -> Result<()> {
        self.built(tests, is_last, build).map_err(|error| error.or_at(root_name(tests.schema)))
    }

    fn built(&mut self, tests: Tests, is_last: bool, build: &mut dyn Build) -> Result<()> {
        let (schema, place) = (tests.schema, self.place);
        self.place += 1;
        let identity = identity(schema);
        test_unshared(schema, &identity)?;
        let filled = match self.source {
            Source::Quick(quick) => {
                let regions = quick.regions();
                options().test(tests, &identity, &regions, regions.head)?;
                return build.build(&regions);
            }
            Source::Native(bytes) => return build.build(&options().checked(tests, bytes)?),
            Source::Present => present(schema, &mut self.items, is_last, FILLED.take())?,
            Source::Older(older) => older.fill(place, (schema, is_last), &mut self.items)?,
            Source::Packed(older, bytes) => older.unpack(schema, bytes)?,
            Source::Blank => blank::image(schema)?,
        };
        let regions = filled.regions()?;
        options().test(tests, &identity, &regions, regions.head)?;
        build.build(&regions)?;
        let space = filled.into_space();
        if space.capacity() < LARGE {
            FILLED.set(space);
        }
        Ok(())
    }
}

/// Builds a value from regions that were checked.
pub(in crate::python) trait Build {
    fn build(&mut self, regions: &Regions<'_>) -> Result<()>;
}

thread_local! {
    /// The space of the last image that was filled in this thread.
    static FILLED: Cell<Builder> = Cell::new(Builder::default());
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

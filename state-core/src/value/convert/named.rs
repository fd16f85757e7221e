//! Slots by name: what is known of the states in files that carry their schema.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::error::Result;
use crate::protocol::builder::Builder;
use crate::protocol::decode::Regions;
use crate::schema::{Nodes, Object, Schema};
use crate::value::convert::encode::Collector;
use crate::value::convert::input::{Budget, Given, Items};
use crate::value::{Tuple, Value};
use crate::walk;

/// The names of the values of a flat state. A value that belongs to the one before, such as the count of a raw array, has
/// none.
#[derive(Clone)]
pub(in crate::value) struct SlotNames(Arc<Vec<Box<str>>>);

impl SlotNames {
    /// The names of `count` values, by the place of each.
    pub fn new(names: Vec<(String, usize)>, count: usize) -> Self {
        let mut all: Vec<Box<str>> = Vec::new();
        all.resize_with(count, Box::default);
        for (name, at) in names {
            if let Some(place) = all.get_mut(at) {
                *place = name.into();
            }
        }
        Self(Arc::new(all))
    }

    /// The values with their names; `None` where the state is no longer the one that was read.
    pub fn of<'v>(&'v self, state: &'v Tuple) -> Option<impl Iterator<Item = (&'v str, &'v Value)>> {
        let names = self.0.iter().map(|name| &**name).zip(state.iter());
        (self.0.len() == state.len()).then(|| names.filter(|(name, _)| !name.is_empty()))
    }
}

/// The slots of an object by name.
pub(crate) struct Named<'v>(pub &'v [(String, Value)]);

impl Named<'_> {
    /// The slots of an object, those of its parents first, and how much of tail, text and raw lies behind it.
    pub fn read(
        schema: &Schema,
        nodes: &Nodes,
        regions: &Regions<'_>,
        levels: u32,
    ) -> Result<(Vec<(String, Value)>, [usize; 3])> {
        let mut collector = Collector::naming();
        let rest = walk::read_part(schema, nodes, regions, levels, &mut collector)?;
        let slots = match &collector.value {
            Value::Object(object) => object.named().into_iter().flatten(),
            _ => None.into_iter().flatten(),
        };
        Ok((slots.map(|(name, value)| (name.into(), value.clone())).collect(), rest))
    }

    /// Fills an object from its slots, at a head of the image.
    pub fn fill(&self, object: &Object, image: Builder, at: usize) -> (Builder, Result<()>) {
        let values: Vec<Value> = self.0.iter().map(|(_, value)| value.clone()).collect();
        let budget = Budget::new(&values);
        let entries = self.0.iter().zip(&values);
        let entries = entries.map(|((name, _), value)| (&**name, Given { value, budget: &budget })).collect();
        let (image, filled) = walk::fill_named(image, object, entries, at);
        (image, filled.map_err(|error| budget.explain(error)))
    }
}

/// The values of one type, one after another.
pub(crate) struct Each<'v>(pub &'v [Value]);

impl Each<'_> {
    /// Fills heads at equal distances in the image.
    pub fn fill(&self, of: (&Schema, &Nodes), image: Builder, place: (usize, usize)) -> (Builder, Result<()>) {
        let budget = Budget::new(self.0);
        let (image, filled) = walk::fill_each(image, of, Items::new(self.0, &budget), place);
        (image, filled.map_err(|error| budget.explain(error)))
    }
}

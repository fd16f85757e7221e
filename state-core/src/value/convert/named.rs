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
pub(in crate::value) struct SlotNames(Arc<Vec<SlotName>>);

#[derive(Clone, Default)]
struct SlotName {
    name: Box<str>,
    /// Of the bytes of a raw array, what its elements were.
    elements: Option<Arc<str>>,
}

impl SlotNames {
    /// The names of `count` values, by the place of each.
    pub fn new(names: Vec<(String, usize, Option<Arc<str>>)>, count: usize) -> Self {
        let mut all: Vec<SlotName> = Vec::new();
        all.resize_with(count, SlotName::default);
        for (name, at, elements) in names {
            if let Some(place) = all.get_mut(at) {
                *place = SlotName { name: name.into(), elements };
            }
        }
        Self(Arc::new(all))
    }

    /// The values with their names; `None` where the state is no longer the one that was read.
    pub fn of<'v>(&'v self, state: &'v Tuple) -> Option<impl Iterator<Item = NamedValue<'v>>> {
        let names = self.0.iter().zip(state.iter()).filter(|(name, _)| !name.name.is_empty());
        let named =
            |(name, value): (&'v SlotName, _)| NamedValue { name: &name.name, value, elements: name.elements.as_ref() };
        (self.0.len() == state.len()).then(|| names.map(named))
    }
}

/// The value of a slot by its name and, of the bytes of a raw array, what its elements were.
#[derive(Clone, Copy)]
pub(in crate::value) struct NamedValue<'v> {
    pub name: &'v str,
    pub value: &'v Value,
    pub elements: Option<&'v Arc<str>>,
}

/// The same, of an object in the hands of `upgrade`.
#[derive(Clone, Debug)]
pub(crate) struct NamedSlot {
    pub name: String,
    pub value: Value,
    pub elements: Option<Arc<str>>,
}

/// The slots of an object by name.
pub(crate) struct Named<'v>(pub &'v [NamedSlot]);

impl Named<'_> {
    /// The slots of an object, those of its parents first, and how much of tail, text and raw lies behind it.
    pub fn read(
        schema: &Schema,
        nodes: &Nodes,
        regions: &Regions<'_>,
        levels: u32,
    ) -> Result<(Vec<NamedSlot>, [usize; 3])> {
        let mut collector = Collector::naming();
        let rest = walk::read_part(schema, nodes, regions, levels, &mut collector)?;
        let slots = match &collector.value {
            Value::Object(object) => object.named().into_iter().flatten(),
            _ => None.into_iter().flatten(),
        };
        let slots = slots.map(|slot| NamedSlot {
            name: slot.name.into(),
            value: slot.value.clone(),
            elements: slot.elements.cloned(),
        });
        Ok((slots.collect(), rest))
    }

    /// Fills an object from its slots, at a head of the image.
    pub fn fill(&self, object: &Object, image: Builder, at: usize) -> (Builder, Result<()>) {
        let values: Vec<Value> = self.0.iter().map(|slot| slot.value.clone()).collect();
        let budget = Budget::new(&values);
        let entries = self.0.iter().zip(&values);
        let named =
            entries.map(|(slot, value)| NamedValue { name: &slot.name, value, elements: slot.elements.as_ref() });
        let entries: Vec<_> = named.map(|slot| Given::named(slot, &budget)).collect();
        let (image, filled) = walk::fill_named(image, object, &entries, at);
        (image, filled.map_err(|error| budget.explain(error)))
    }
}

/// A part of an image as a value whose objects and variants keep the names of their slots.
#[cfg(feature = "pickle")]
pub(crate) fn named(of: (&Schema, &Nodes), regions: &Regions<'_>, levels: u32) -> Result<Value> {
    let mut collector = Collector::naming();
    walk::read_part(of.0, of.1, regions, levels, &mut collector)?;
    Ok(collector.finish())
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

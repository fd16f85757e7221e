//! Slots by name, which are known for states in files that carry their schema.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::error::Result;
use crate::protocol::builder::Builder;
use crate::protocol::decode::Regions;
use crate::schema::{Nodes, Object, Schema};
use crate::value::Value;
use crate::value::convert::encode::Collector;
use crate::value::convert::input::{Budget, Given, Items};
use crate::value::kinds::named::NamedValue;
use crate::walk;

/// A slot of an object for `upgrade`: its name and value and, for the bytes of a raw array, the element type.
#[derive(Clone, Debug)]
pub(crate) struct NamedSlot {
    pub name: String,
    pub value: Value,
    pub elements: Option<Arc<str>>,
}

/// The slots of an object by name.
pub(crate) struct Named<'v>(pub &'v [NamedSlot]);

impl Named<'_> {
    /// Reads the slots of an object, those of its parents first. Returns them, and how many bytes of tail, text and raw
    /// follow.
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

/// Reads a part of an image as a value whose objects and variants keep the names of their slots.
#[cfg(feature = "pickle")]
pub(crate) fn named(of: (&Schema, &Nodes), regions: &Regions<'_>, levels: u32) -> Result<Value> {
    let mut collector = Collector::naming();
    walk::read_part(of.0, of.1, regions, levels, &mut collector)?;
    Ok(collector.finish())
}

/// Values of one type.
pub(crate) struct Each<'v>(pub &'v [Value]);

impl Each<'_> {
    /// Fills heads at equal distances in the image.
    pub fn fill(&self, of: (&Schema, &Nodes), image: Builder, place: (usize, usize)) -> (Builder, Result<()>) {
        let budget = Budget::new(self.0);
        let (image, filled) = walk::fill_each(image, of, Items::new(self.0, &budget), place);
        (image, filled.map_err(|error| budget.explain(error)))
    }
}

//! Slots by name: what an older form of an object wrote, and what ours is made from.

use alloc::string::String;
use alloc::vec::Vec;

use super::Value;
use super::encode::Collector;
use super::given::{Budget, Given};
use crate::builder::Builder;
use crate::decode::Regions;
use crate::error::Result;
use crate::schema::{Nodes, Schema};
use crate::walk;

/// Values with the names of their slots.
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
        Ok((collector.named, rest))
    }

    /// Fills an object from its slots, at a head of the image.
    pub fn fill(&self, schema: &'static Schema, image: Builder, at: usize) -> (Builder, Result<()>) {
        let values: Vec<Value> = self.0.iter().map(|(_, value)| value.clone()).collect();
        let budget = Budget::new(&values);
        let entries = self.0.iter().zip(&values);
        let entries = entries.map(|((name, _), value)| (&**name, Given { value, budget: &budget })).collect();
        let (image, filled) = walk::fill_named(image, schema, entries, at);
        (image, filled.map_err(|error| budget.explain(error)))
    }
}

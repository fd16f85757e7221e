//! The nodes of a schema that was read.

use alloc::vec::Vec;

use super::members::{Members, open_sets};
use super::{Kind, Link, Schema};

/// The nodes that [`Link::At`] leads to, and the types of open sets among them; empty for the schemas of types.
#[derive(Debug, Default, Clone)]
pub(crate) struct Nodes(pub Vec<Schema>, pub Members);

impl Nodes {
    pub const NONE: &'static Self = &Self(Vec::new(), Members::NONE);

    pub fn get(&self, link: Link) -> &Schema {
        match link {
            Link::To(schema) => schema(),
            Link::At(index) => self.0.get(index).unwrap_or(&UNIT),
        }
    }

    /// Whether this node, or any that it leads to, is one that is looked for.
    pub fn reach(&self, from: &Schema, mut is_wanted: impl FnMut(&Schema) -> bool) -> bool {
        let (mut open, mut seen) = (alloc::vec![from], alloc::collections::BTreeSet::new());
        while let Some(node) = open.pop() {
            if is_wanted(node) {
                return true;
            }
            if node.tag().is_none() || seen.insert(core::ptr::from_ref(node)) {
                open.extend(node.links().into_iter().map(|link| self.get(link)));
            }
        }
        false
    }
}

pub(crate) static UNIT: Schema = Schema::leaf(Kind::Unit, 0);

impl Nodes {
    /// Says of open sets what the program knows of those that have their names in a type of it.
    pub fn know_sets(&mut self, ours: &'static Schema) {
        let mut sets = None;
        for node in &mut self.0 {
            if let Kind::Open(open) = &mut node.kind {
                let sets = sets.get_or_insert_with(|| open_sets(ours));
                open.known = sets.iter().find(|set| set.name == open.name).and_then(|set| set.known);
            }
        }
    }
}

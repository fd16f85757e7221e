//! The nodes of a schema that was read.

use alloc::vec::Vec;

use super::members::{Members, open_sets};
use super::{Kind, Link, Schema};
use crate::evolve::SetEvolution;
use crate::places::{Places, address};

/// The table that [`Link::At`] refers to, and the types of its open sets; empty for schemas of types.
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

    /// The index of a node in the table, if it is in the table.
    pub fn place_of(&self, node: &Schema) -> Option<usize> {
        let (first, size) = (self.0.as_ptr() as usize, size_of::<Schema>());
        let place = (core::ptr::from_ref(node) as usize).checked_sub(first)? / size;
        (place < self.0.len()).then_some(place)
    }

    /// Copies a raw array with the nodes that it leads to, and puts it first: a table for each raw array in a large one
    /// would take the square of its size.
    #[cfg(feature = "pickle")]
    pub fn raw(&self, place: usize) -> Option<Self> {
        let (mut places, mut known) = (alloc::vec![place], Places::default());
        known.set([place, 0], 0);
        let mut copied = Vec::new();
        while let Some(&place) = places.get(copied.len()) {
            let mut node = self.0.get(place)?.clone();
            let mut lead = |link: &mut Link| {
                if let Link::At(to) = link {
                    let next = known.get_or_set([*to, 0], places.len());
                    if next == places.len() {
                        places.push(*to);
                    }
                    *to = next;
                }
            };
            match &mut node.kind {
                Kind::Raw(raw) => lead(&mut raw.element),
                Kind::Array(of, _) => lead(of),
                Kind::Record(record) => record.fields.to_mut().iter_mut().for_each(|field| lead(&mut field.ty)),
                // Elements have no other parts.
                _ => {}
            }
            copied.push(node);
        }
        Some(Self(copied, Members::default()))
    }

    /// Whether this node, or any that it leads to, satisfies `is_wanted`.
    pub fn reach<'s>(&'s self, from: &'s Schema, is_wanted: impl FnMut(&Schema) -> bool) -> bool {
        self.reach_from(alloc::vec![from], is_wanted)
    }

    /// As [`reach`](Self::reach), from any of several nodes.
    pub fn reach_from<'s>(&'s self, mut open: Vec<&'s Schema>, mut is_wanted: impl FnMut(&Schema) -> bool) -> bool {
        let mut seen = Places::default();
        while let Some(node) = open.pop() {
            if is_wanted(node) {
                return true;
            }
            if node.tag().is_none() || seen.meet(address(node)) {
                open.extend(node.links().into_iter().map(|link| self.get(link)));
            }
        }
        false
    }
}

pub(crate) static UNIT: Schema = Schema::leaf(Kind::Unit, 0);

impl Nodes {
    /// Sets how older states of the open sets are upgraded.
    pub fn evolve_sets(&mut self, evolution: SetEvolution) {
        for node in &mut self.0 {
            if let Kind::Open(open) = &mut node.kind {
                open.evolution = Some(evolution);
            }
        }
    }

    /// Tells the open sets what the program knows about the sets with their names in the type `ours`.
    pub fn know_sets(&mut self, ours: &'static Schema) {
        let mut sets = None;
        for node in &mut self.0 {
            if let Kind::Open(open) = &mut node.kind {
                let sets = sets.get_or_insert_with(|| open_sets(ours));
                if let Some(set) = sets.iter().find(|set| set.name == open.name) {
                    (open.known, open.evolution) = (set.known, set.evolution);
                }
            }
        }
    }
}

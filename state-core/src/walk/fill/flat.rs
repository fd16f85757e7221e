//! The slots of an object and its parents, side by side.

use alloc::vec::Vec;

use crate::schema::{Evolution, Kind, Nodes, Object, Slot};

/// A slot, with the position of its head.
#[derive(Clone, Copy)]
pub(super) struct FlatSlot<'s> {
    pub(super) slot: &'s Slot,
    /// The type, and variant, that the slot belongs to.
    pub(super) owner: Owner<'s>,
    pub(super) at: usize,
    /// The index of the slot among all slots, those of parents first.
    pub(super) order: usize,
}

/// The former names of the slots of a struct or variant.
#[derive(Clone, Copy)]
pub(super) struct Owner<'s> {
    pub(super) evolution: &'static Evolution,
    pub(super) variant: &'s str,
}

impl FlatSlot<'_> {
    pub(super) fn had(&self) -> &'static [&'static str] {
        self.owner.evolution.aliases_of(self.owner.variant, &self.slot.name)
    }
}

/// Returns the slots of an object, those of its parents first.
pub(super) fn places<'s>(nodes: &'s Nodes, object: &'s Object, at: usize) -> Vec<FlatSlot<'s>> {
    let mut places = Vec::new();
    add_places(nodes, object, at, &mut places, &mut |_, _| false);
    places
}

/// A parent of an object, and the slots that are not the parent's.
pub(super) struct Beside<'s> {
    pub(super) own: Vec<FlatSlot<'s>>,
    pub(super) parent: &'s Object,
    /// The position of the parent's head.
    pub(super) at: usize,
}

/// Returns the nearest parent of an object that changes older states itself, at any distance, if there is one.
pub(super) fn beside_parent<'s>(nodes: &'s Nodes, object: &'s Object, at: usize) -> Option<Beside<'s>> {
    let changes = |parent: &Object| parent.evolution.upgrade.is_some() || !parent.evolution.forms.is_empty();
    parent_where(nodes, object, at, &changes)
}

/// Returns the nearest parent of an object that is of some kind, at any distance, if there is one.
pub(super) fn parent_where<'s>(
    nodes: &'s Nodes,
    object: &'s Object,
    at: usize,
    is_it: &dyn Fn(&Object) -> bool,
) -> Option<Beside<'s>> {
    if !object.has_parent {
        return None;
    }
    let (mut own, mut found) = (Vec::new(), None);
    add_places(nodes, object, at, &mut own, &mut |parent, at| {
        let is_it = is_it(parent);
        if is_it {
            found = Some((parent, at));
        }
        is_it
    });
    let (parent, at) = found?;
    Some(Beside { own, parent, at })
}

/// Adds the slots of an object and its parents, except those of a parent that is `apart` and of its parents.
fn add_places<'s>(
    nodes: &'s Nodes,
    object: &'s Object,
    mut at: usize,
    places: &mut Vec<FlatSlot<'s>>,
    apart: &mut dyn FnMut(&'s Object, usize) -> bool,
) {
    let owner = Owner { evolution: object.evolution, variant: "" };
    for (number, slot) in object.slots.iter().enumerate() {
        let schema = nodes.get(slot.ty);
        match &schema.kind {
            Kind::Object(parent) if object.has_parent && number == 0 => {
                if !apart(parent, at) {
                    add_places(nodes, parent, at, places, apart);
                }
            }
            _ => places.push(FlatSlot { slot, owner, at, order: places.len() }),
        }
        at += schema.head;
    }
}

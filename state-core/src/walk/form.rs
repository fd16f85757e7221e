//! How an image's parts show in a dynamic state: what reading and filling must agree on.

use crate::schema::{Kind, Nodes, Object, Schema, Slot};

/// Whether a list of these is handed over as bytes.
pub(crate) fn is_byte(schema: &Schema) -> bool {
    matches!(schema.kind, Kind::Int { bits: 8, signed: false, nonzero: false })
}

/// Whether a present value could look like an absent one, so that it is wrapped in a tuple of its own.
pub(crate) fn can_be_none<'a>(nodes: &'a Nodes, mut schema: &'a Schema) -> bool {
    while let Kind::Boxed(of) = schema.kind {
        schema = nodes.get(of);
    }
    matches!(schema.kind, Kind::Optional(_))
}

/// The slots of the flat state that a slot of the schema takes.
pub(crate) fn tuple_slots(nodes: &Nodes, slot: &Slot) -> usize {
    match &nodes.get(slot.ty).kind {
        Kind::Raw(raw) if raw.counted => 2,
        _ => 1,
    }
}

/// The number of slots in the flat state of an object.
pub(crate) fn count_slots(nodes: &Nodes, object: &Object) -> usize {
    let mut own = &*object.slots;
    let mut inherited = 0;
    if let (true, [parent, rest @ ..]) = (object.has_parent, own) {
        own = rest;
        if let Kind::Object(parent) = &nodes.get(parent.ty).kind {
            inherited = count_slots(nodes, parent);
        }
    }
    inherited + own.iter().map(|slot| tuple_slots(nodes, slot)).sum::<usize>()
}

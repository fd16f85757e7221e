//! How the parts of an image appear in a dynamic state, on which reading and filling must agree.

use crate::schema::{Form, Kind, Link, Nodes, Object, Schema, Slot};

/// Returns the index of the first byte of a raw array of `bool` that is not a valid `bool`.
pub(super) fn not_bool<'a>(nodes: &'a Nodes, mut element: &'a Schema, bytes: &[u8]) -> Option<usize> {
    while let Kind::Array(of, _) = element.kind {
        element = nodes.get(of);
    }
    matches!(element.kind, Kind::Bool).then(|| bytes.iter().position(|&byte| byte > 1)).flatten()
}

/// When the value of an optional is wrapped in a tuple of one, because it could look like an absent value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wrap {
    Never,
    /// For a weak reference whose object is gone. Any other appears as its target, which does not look like such a
    /// tuple.
    Gone,
    Always,
}

/// Returns when a value of this type is wrapped.
pub(crate) fn wrap<'a>(nodes: &'a Nodes, schema: &'a Schema) -> Wrap {
    let inner = unboxed(nodes, schema);
    match inner.kind {
        Kind::Optional(_) => Wrap::Always,
        Kind::Weak(of) if core::ptr::eq(inner, schema) && is_no_group(unboxed(nodes, nodes.get(of))) => Wrap::Gone,
        Kind::Weak(_) => Wrap::Always,
        _ => Wrap::Never,
    }
}

/// Whether no value of this type appears as a tuple, list or set, or as `None`.
fn is_no_group(schema: &Schema) -> bool {
    match &schema.kind {
        Kind::Object(object) => object.form != Form::Range,
        Kind::Enum(of) => of.form == Form::Dynamic,
        kind => matches!(
            kind,
            Kind::Open(_) | Kind::Bool | Kind::Char | Kind::Str | Kind::Int { .. } | Kind::Float { .. } | Kind::Map(..)
        ),
    }
}

/// Whether a present value could look like an absent one.
pub(crate) fn can_be_none<'a>(nodes: &'a Nodes, schema: &'a Schema) -> bool {
    wrap(nodes, schema) != Wrap::Never
}

/// Returns the type to which a weak reference of this type leads, if it is one.
pub(super) fn weak_to<'a>(nodes: &'a Nodes, schema: &'a Schema) -> Option<&'a Schema> {
    match unboxed(nodes, schema).kind {
        Kind::Weak(of) => Some(nodes.get(of)),
        _ => None,
    }
}

fn unboxed<'a>(nodes: &'a Nodes, mut schema: &'a Schema) -> &'a Schema {
    while let Kind::Boxed(of) = schema.kind {
        schema = nodes.get(of);
    }
    schema
}

/// Returns how many slots of the flat state a slot of the schema occupies.
pub(crate) fn tuple_slots(nodes: &Nodes, slot: &Slot) -> usize {
    match &nodes.get(slot.ty).kind {
        Kind::Raw(raw) if raw.counted => 2,
        _ => 1,
    }
}

/// Returns the number of slots in the flat state of an object.
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

/// Returns the number of parts of a value that occupies no bytes, including itself; `None` for other types, and for
/// types of very many parts.
pub(super) fn parts_without_bytes(nodes: &Nodes, schema: &Schema) -> Option<usize> {
    empty(nodes, schema, &mut 64)
}

fn empty(nodes: &Nodes, schema: &Schema, left: &mut u32) -> Option<usize> {
    *left = left.checked_sub(1)?;
    let parts = match &schema.kind {
        Kind::Unit | Kind::Array(_, 0) => 0,
        Kind::Array(of, len) => {
            let len = usize::try_from(*len).unwrap_or(usize::MAX);
            empty(nodes, nodes.get(*of), left)?.saturating_mul(len)
        }
        Kind::Tuple(items) => sum(nodes, items.iter().copied(), left)?,
        Kind::Object(object) => empty_slots(nodes, object, left)?,
        _ => return None,
    };
    Some(parts.saturating_add(1))
}

/// The parent's slots are among the object's own, so the parent itself is not a part.
fn empty_slots(nodes: &Nodes, object: &Object, left: &mut u32) -> Option<usize> {
    let parts = sum(nodes, object.slots.iter().map(|slot| slot.ty), left)?;
    Some(parts.saturating_sub(usize::from(object.has_parent && !object.slots.is_empty())))
}

fn sum(nodes: &Nodes, mut links: impl Iterator<Item = Link>, left: &mut u32) -> Option<usize> {
    links.try_fold(0_usize, |parts, link| Some(parts.saturating_add(empty(nodes, nodes.get(link), left)?)))
}

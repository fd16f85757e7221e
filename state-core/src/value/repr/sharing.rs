//! What printing knows of shared values: where it is inside of one, and what it has shown before.

use alloc::collections::BTreeSet;

use super::super::{Value, node::Node};

/// What may be printed a second time, in about as many bytes: values that share can stand for texts of any length.
const AGAIN: usize = 1 << 20;

/// What a value costs beside its own text.
const SEPARATION: usize = 4;

/// A text up to this length may be printed as often as it is referred to.
const SHORT: usize = 64;

pub(super) struct Sharing {
    /// The places of what is being printed: the outermost value, and what is shared inside of it.
    within: BTreeSet<usize>,
    /// The places of what has been printed.
    seen: BTreeSet<usize>,
    root: usize,
    left: usize,
}

impl Default for Sharing {
    fn default() -> Self {
        Self { within: BTreeSet::new(), seen: BTreeSet::new(), root: 0, left: AGAIN }
    }
}

/// How a value is met.
pub(super) struct Visit {
    /// Where it is, if it can be met again.
    place: Option<usize>,
    is_again: bool,
}

impl Visit {
    pub(super) fn inside(around: Option<&Self>) -> Self {
        Self { place: None, is_again: around.is_some_and(Self::is_again) }
    }

    /// Whether it, or what it lies in, was printed before.
    pub(super) const fn is_again(&self) -> bool {
        self.is_again
    }
}

/// A value was met inside of itself.
pub(super) struct Within;

impl Sharing {
    pub(super) fn root(&mut self, node: Node<'_>) -> Visit {
        self.root = node.place();
        Visit { place: Some(self.root), is_again: false }
    }

    pub(super) fn visit(
        &mut self,
        around: Option<&Visit>,
        value: &Value,
        node: Option<Node<'_>>,
    ) -> Result<Visit, Within> {
        let mut visit = Visit::inside(around);
        if let Value::Object(object) = value.see() {
            // These are laid out as the object's own, and not met again.
            for part in object.shared_parts() {
                visit.is_again |= !self.seen.insert(place_of(part, part.node()));
            }
        }
        if value.as_shared().is_none() {
            // Nothing but the outermost value is met again without being shared.
            let is_root = node.is_some_and(|node| !node.children.is_empty() && node.place() == self.root);
            return if is_root { Err(Within) } else { Ok(visit) };
        }
        let place = place_of(value, node);
        let has_children = node.is_none_or(|node| !node.children.is_empty());
        if self.within.contains(&place) && has_children {
            return Err(Within);
        }
        visit.place = Some(place);
        visit.is_again |= !self.seen.insert(place);
        Ok(visit)
    }

    /// Whether a value may be printed, with so many bytes between it and the one before.
    pub(super) fn pay(&mut self, visit: &Visit, value: &Value, between: usize) -> bool {
        let length = text_length(value);
        // A name belongs to all objects of its class, and is shown by each.
        let has_long_name = match value.see() {
            Value::Object(object) => object.name().len() > SHORT,
            Value::Variant(variant) => variant.name().len() > SHORT,
            Value::Global(name) => name.as_str().len() > SHORT,
            _ => false,
        };
        let is_first = !visit.is_again && !has_long_name;
        if is_first || value.as_shared().is_some() && value.node().is_none() && length <= SHORT {
            return true;
        }
        let left = self.left.checked_sub(length + SEPARATION + between);
        self.left = left.unwrap_or(0);
        left.is_some()
    }

    pub(super) fn enter(&mut self, visit: &Visit) {
        self.within.extend(visit.place);
    }

    pub(super) fn leave(&mut self, visit: &Visit) {
        if let Some(place) = visit.place {
            self.within.remove(&place);
        }
    }
}

fn place_of(value: &Value, node: Option<Node<'_>>) -> usize {
    node.map_or(core::ptr::from_ref(value.see()) as usize, Node::place)
}

/// About the length of a leaf's text, and of the name of an object.
fn text_length(value: &Value) -> usize {
    match value.see() {
        Value::Str(text) => text.len(),
        Value::Surrogates(text) => text.as_bytes().len(),
        Value::Bytes(bytes) | Value::ByteArray(bytes) => bytes.len(),
        Value::Int(number) => number.bits() / 4,
        Value::Array(array) => array.bytes().len(),
        Value::Global(name) => name.as_str().len(),
        Value::Object(object) => {
            // What it refers to is laid out anew with it.
            let parts = object.shared_parts().filter_map(Value::node).map(|node| node.children.len());
            object.name().len() + parts.sum::<usize>()
        }
        Value::Variant(variant) => variant.name().len() + variant.variant().len(),
        _ => 0,
    }
}

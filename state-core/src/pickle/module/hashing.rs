//! Finds which objects are keys, and which cannot be compared by their fields.

use crate::places::{Places, address};
use alloc::vec::Vec;

use super::collect::Equality;
use crate::schema::{Graph, Kind, Nodes, Object, Schema};

type Seen = Places;

pub(super) struct Hashing<'s> {
    nodes: &'s Nodes,
    /// The structs in the keys of maps and the items of sets.
    keys: Places,
    /// The structs that references lead to, if shared objects stay one object.
    shared: Places,
}

impl<'s> Hashing<'s> {
    pub fn of(graph: Graph<'s>) -> Self {
        let mut this = Self { nodes: graph.nodes, keys: Places::default(), shared: Places::default() };
        let mut shares = false;
        let (mut seen, mut in_keys) = (Seen::default(), Seen::default());
        let mut open = alloc::vec![(graph.root, false)];
        while let Some((node, is_key)) = open.pop() {
            if !(if is_key { &mut in_keys } else { &mut seen }).meet(address(node)) {
                continue;
            }
            shares |= node.sharing().shared;
            if let (Some(_), Some(object)) = (node.shared, this.behind(node)) {
                this.shared.meet(address(object));
            }
            if let (true, Kind::Object(object)) = (is_key, &node.kind) {
                this.keys.meet(address(object));
            }
            let keys = usize::from(matches!(node.kind, Kind::Set(_) | Kind::Map(..)));
            let links = node.links().into_iter().enumerate();
            open.extend(links.map(|(at, link)| (this.nodes.get(link), is_key || at < keys)));
        }
        if !shares {
            this.shared = Places::default();
        }
        this
    }

    /// Returns the struct behind pointers.
    fn behind(&self, mut node: &'s Schema) -> Option<&'s Object> {
        while let Kind::Boxed(of) | Kind::Weak(of) = node.kind {
            node = self.nodes.get(of);
        }
        match &node.kind {
            Kind::Object(object) => Some(object),
            _ => None,
        }
    }

    /// Returns how the objects of a class are compared.
    pub fn of_class(&self, objects: &[&'s Object]) -> Equality {
        let parts: Vec<&Schema> =
            objects.iter().flat_map(|object| object.slots.iter().map(|slot| self.nodes.get(slot.ty))).collect();
        // The fields of a shared object may lead back to it; comparing them would then never end.
        let is_shared = objects.iter().any(|object| self.shared.get(address(*object)).is_some());
        if is_shared || parts.iter().any(|part| self.any(part, &mut Seen::default(), &is_array, false)) {
            return Equality::Identity;
        }
        if !objects.iter().any(|object| self.keys.get(address(*object)).is_some()) {
            return Equality::Fields;
        }
        let hashes = |part: &&Schema| !self.any(part, &mut Seen::default(), &|node| self.is_unhashable(node), true);
        if parts.iter().all(hashes) { Equality::Hashed } else { Equality::Identity }
    }

    /// Returns whether something holds for a part, or one inside it; for parts of other objects only if `far`.
    fn any(&self, node: &'s Schema, seen: &mut Seen, holds: &dyn Fn(&Schema) -> bool, far: bool) -> bool {
        let mut open = alloc::vec![node];
        while let Some(node) = open.pop() {
            if !seen.meet(address(node)) {
                continue;
            }
            if holds(node) {
                return true;
            }
            if far || !matches!(node.kind, Kind::Object(_)) {
                open.extend(node.links().into_iter().map(|link| self.nodes.get(link)));
            }
        }
        false
    }

    /// Returns whether a value is a list, dict, set or array in Python.
    fn is_unhashable(&self, node: &Schema) -> bool {
        match &node.kind {
            Kind::List(of) | Kind::Array(of, _) => !self.nodes.get(*of).is_byte(),
            Kind::Set(_) | Kind::Map(..) => true,
            _ => is_array(node),
        }
    }
}

/// Returns whether a value is a NumPy array in Python, whose `==` returns another array.
fn is_array(node: &Schema) -> bool {
    matches!(&node.kind, Kind::Grid(..)) || matches!(&node.kind, Kind::Raw(raw) if raw.array)
}

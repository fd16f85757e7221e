//! The containers of module `collections`.

use alloc::{vec, vec::Vec};
use core::cmp::Ordering;

use super::super::{
    Object, Value,
    node::{Head, Node},
    repr::{Field, Group, Item},
};
use super::has_no_state;

/// As Python prints it from 3.12 on: `OrderedDict({'a': 1})`.
pub(super) fn ordered_dict(object: &Object) -> Option<Group<'_>> {
    let is_plain = object.args().is_empty() && object.items().is_empty() && has_no_state(object);
    let fields = if object.entries().is_empty() { Vec::new() } else { vec![object.entries().node().into()] };
    is_plain.then(|| Group::new("OrderedDict", fields))
}

pub(super) fn default_dict(object: &Object) -> Option<Group<'_>> {
    let factory = match &**object.args() {
        [] => &Value::None,
        [factory] => factory,
        _ => return None,
    };
    let is_plain = object.items().is_empty() && has_no_state(object);
    is_plain.then(|| Group::new("defaultdict", vec![factory.into(), object.entries().node().into()]))
}

/// The counts that are highest stand first, unless there are some that have no order.
pub(super) fn counter(object: &Object) -> Option<Group<'_>> {
    let [counts] = &**object.args() else {
        return None;
    };
    let counts = counts.as_dict()?;
    if !(object.items().is_empty() && object.entries().is_empty() && has_no_state(object)) {
        return None;
    }
    if counts.is_empty() {
        return Some(Group::new("Counter", Vec::new()));
    }
    let mut entries: Vec<(&Value, &Value)> = counts.iter().collect();
    let has_order = entries.iter().all(|(_, count)| count.as_int().is_some());
    if has_order && !entries.is_sorted_by(|(_, a), (_, b)| order(a, b).is_le()) {
        entries.sort_by(|(_, a), (_, b)| order(a, b));
        let sorted = entries.into_iter().flat_map(<[&Value; 2]>::from).collect();
        return Some(Group::new("Counter", vec![Field { label: None, item: Item::Entries(counts.node(), sorted) }]));
    }
    Some(Group::new("Counter", vec![counts.node().into()]))
}

fn order(a: &Value, b: &Value) -> Ordering {
    b.as_int().cmp(&a.as_int())
}

pub(super) fn deque(object: &Object) -> Option<Group<'_>> {
    let longest = match &**object.args() {
        [] => None,
        [start, longest] if start.as_tuple().is_some_and(|start| start.is_empty()) => Some(longest),
        _ => return None,
    };
    if !(object.entries().is_empty() && has_no_state(object)) {
        return None;
    }
    let mut fields = vec![Node { head: Head::List, ..object.items().node() }.into()];
    fields.extend(
        longest.filter(|longest| !longest.is_none()).map(|longest| Field::labelled("maxlen", Item::Value(longest))),
    );
    Some(Group::new("deque", fields))
}

pub(super) fn namespace(object: &Object) -> Option<Group<'_>> {
    let attributes = object.attributes()?;
    let is_plain = object.args().is_empty() && object.items().is_empty() && object.entries().is_empty();
    let fields = attributes.map(|(name, value)| Field::labelled(name, Item::Value(value))).collect();
    is_plain.then(|| Group::new("namespace", fields))
}

//! How an object is laid out as text: its name, and fields with and without labels.

use alloc::{borrow::Cow, string::String, vec::Vec};

use super::super::{
    Made, Object, StepRef, Value, name,
    node::Node,
    object::{attributes, is_identifier, pair_of_attributes},
};
use super::label;

/// The text of an object: `name(field, label=field)`, or the name alone.
pub(in super::super) struct Group<'a> {
    pub(in super::super) name: Cow<'a, str>,
    pub(in super::super) fields: Option<Vec<Field<'a>>>,
}

pub(in super::super) struct Field<'a> {
    /// What is written before it.
    pub(in super::super) label: Option<Cow<'a, str>>,
    pub(in super::super) item: Item<'a>,
}

pub(in super::super) enum Item<'a> {
    Text(Cow<'a, str>),
    Value(&'a Value),
    Node(Node<'a>),
    /// A dict whose entries are shown in another order.
    Entries(Node<'a>, Vec<&'a Value>),
}

impl<'a> Field<'a> {
    pub(in super::super) fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self { label: None, item: Item::Text(text.into()) }
    }

    pub(in super::super) fn labelled(name: &str, item: Item<'a>) -> Self {
        Self { label: Some(label(name)), item }
    }
}

impl<'a> From<&'a Value> for Field<'a> {
    fn from(value: &'a Value) -> Self {
        Self { label: None, item: Item::Value(value) }
    }
}

impl<'a> From<Node<'a>> for Field<'a> {
    fn from(node: Node<'a>) -> Self {
        Self { label: None, item: Item::Node(node) }
    }
}

impl<'a> Group<'a> {
    pub(in super::super) fn new(name: impl Into<Cow<'a, str>>, fields: Vec<Field<'a>>) -> Self {
        Self { name: name.into(), fields: Some(fields) }
    }

    /// Text that needs no brackets.
    pub(in super::super) fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self { name: text.into(), fields: None }
    }

    /// An object of which nothing is known but its parts: arguments, attributes or slots, items, entries.
    pub(super) fn of(object: &'a Object, has_whole_tag: bool) -> Self {
        let mut fields: Vec<Field<'a>> = Vec::new();
        match object.made() {
            // Also if it is nothing.
            Made::Value => fields.push(Field::from(object.callee().unwrap_or(&Value::None))),
            _ => fields.extend(object.callee().map(Field::from)),
        }
        fields.extend(object.args().iter().map(Field::from));
        let kwargs = object.kwargs();
        if kwargs.iter().all(|(name, _)| name.as_str().is_some_and(is_identifier)) {
            let named = |(name, value): (&'a Value, &'a Value)| Some(attribute(name.as_str()?, value));
            fields.extend(kwargs.iter().filter_map(named));
        } else {
            fields.push(Field { label: Some("**".into()), item: Item::Node(kwargs.node()) });
        }
        match object.attributes() {
            Some(attributes) => fields.extend(attributes.map(|(name, value)| attribute(name, value))),
            None => {
                fields.extend(object.state().iter().map(Field::from));
                fields.extend(object.other_state().map(Field::from));
            }
        }
        if !object.items().is_empty() {
            fields.push(object.items().node().into());
        }
        if !object.entries().is_empty() {
            fields.push(object.entries().node().into());
        }
        fields.extend(object.steps().flat_map(step));
        fields.extend(object.before().iter().map(after));
        if object.made() == Made::Value {
            return Self::new("", fields);
        }
        let name = match object.callee() {
            Some(_) => "call",
            None => tag(object.name(), has_whole_tag),
        };
        Self::new(name, fields)
    }

    /// An object whose flat state is that of its dict and slots.
    pub(super) fn of_pair(name: &'a str, state: &'a [Value], has_whole_tag: bool) -> Option<Self> {
        let attributes = pair_of_attributes(state)?.map(|(name, value)| attribute(name, value));
        Some(Self::new(tag(name, has_whole_tag), attributes.collect()))
    }
}

fn step(step: StepRef<'_>) -> Vec<Field<'_>> {
    match step {
        StepRef::Items(items) => [items.node().into()].into(),
        StepRef::Entries(entries) => [entries.node().into()].into(),
        StepRef::Added(items) => [items.node().into()].into(),
        StepRef::Call(call) => [then(call)].into(),
        StepRef::State(state) => {
            // What others refer to as well is not laid out again and again.
            let own = Some(state).filter(|state| state.as_shared().is_none());
            match own.and_then(|state| attributes(Some(state), None)) {
                Some(attributes) => attributes.map(|(name, value)| attribute(name, value)).collect(),
                None => [then(state)].into(),
            }
        }
    }
}

/// What is done with an object that is there.
fn then(value: &Value) -> Field<'_> {
    Field { label: Some("then ".into()), item: Item::Value(value) }
}

/// What is called before an object is made.
fn after(call: &Value) -> Field<'_> {
    Field { label: Some("after ".into()), item: Item::Value(call) }
}

fn tag(name: &str, is_whole: bool) -> &str {
    if is_whole { name } else { name::last(name) }
}

fn attribute<'a>(name: &str, value: &'a Value) -> Field<'a> {
    Field::labelled(name, Item::Value(value))
}

impl From<String> for Item<'_> {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

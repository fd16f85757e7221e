//! One view of all values that contain others, through which they are cloned, compared, printed and dropped. A new kind
//! of value needs only to be added here.

use alloc::{boxed::Box, vec::Vec};
use core::cmp::Ordering;

use super::{Dict, List, Object, Persistent, Set, Tuple, Value, Variant};
use crate::value::kinds::object::Content;

/// A container without its children: two containers with the same head and equal children are equal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Head<'a> {
    Tuple,
    List,
    /// The children are key, value, key, value.
    Dict,
    Set,
    FrozenSet,
    /// The children are the slots of a flat state.
    Object(&'a str),
    /// The children are the parts of an object that has more than a state.
    Parts(ByName<'a>),
    Variant(&'a str, &'a str),
    Persistent,
}

impl Head<'_> {
    pub(super) const fn is_unordered(self) -> bool {
        matches!(self, Self::Dict | Self::Set | Self::FrozenSet)
    }
}

/// An object that is compared by its name.
#[derive(Clone, Copy)]
pub(super) struct ByName<'a>(pub(super) &'a Object);

impl PartialEq for ByName<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.0.name() == other.0.name()
    }
}

impl Eq for ByName<'_> {}

impl Ord for ByName<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.name().cmp(other.0.name())
    }
}

impl PartialOrd for ByName<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A container: its head, and the values directly in it.
#[derive(Clone, Copy)]
pub(super) struct Node<'a> {
    pub(super) head: Head<'a>,
    pub(super) children: &'a [Value],
}

impl Node<'_> {
    /// Returns the place of the container, which differs from those of all others that exist, if it has children.
    pub(super) fn place(self) -> usize {
        self.children.as_ptr() as usize
    }
}

impl Value {
    /// Returns the value itself, or the one that it refers to.
    pub(super) fn see(&self) -> &Self {
        match self {
            Self::Shared(shared) => shared.get(),
            value => value,
        }
    }

    /// Returns the value itself, or a copy of the one that it refers to.
    pub(super) fn into_seen(self) -> Self {
        match self {
            Self::Shared(shared) => shared.get().clone(),
            value => value,
        }
    }

    /// Returns the container that the value is or refers to; `None` for a leaf, which contains no other values.
    pub(super) fn node(&self) -> Option<Node<'_>> {
        match self.see() {
            Self::Tuple(tuple) => Some(tuple.node()),
            Self::List(list) => Some(list.node()),
            Self::Dict(dict) => Some(dict.node()),
            Self::Set(set) => Some(set.node()),
            Self::FrozenSet(set) => Some(Node { head: Head::FrozenSet, ..set.node() }),
            Self::Object(object) => Some(object.node()),
            Self::Variant(variant) => Some(variant.node()),
            Self::Persistent(persistent) => Some(persistent.node()),
            _ => None,
        }
    }

    /// The values that the value owns, which are none if it is shared.
    pub(super) fn own_children(&self) -> Option<&[Self]> {
        match self {
            Self::Tuple(Tuple(children, _))
            | Self::List(List(children))
            | Self::Dict(Dict(children))
            | Self::Set(Set(children))
            | Self::FrozenSet(Set(children))
            | Self::Persistent(Persistent(children)) => Some(children),
            Self::Object(object) => Some(match object.content() {
                Content::State(Tuple(children, _)) | Content::Parts(children) => children,
            }),
            Self::Variant(variant) => Some(variant.state()),
            _ => None,
        }
    }

    pub(super) fn children_mut(&mut self) -> Option<&mut Vec<Self>> {
        match self {
            Self::Tuple(Tuple(children, _))
            | Self::List(List(children))
            | Self::Dict(Dict(children))
            | Self::Set(Set(children))
            | Self::FrozenSet(Set(children))
            | Self::Persistent(Persistent(children)) => Some(children),
            Self::Object(object) => Some(object.children_mut()),
            Self::Variant(variant) => Some(&mut variant.state_mut().0),
            _ => None,
        }
    }

    /// Returns a copy of the value with these children instead of its own.
    pub(super) fn with_children(&self, children: Vec<Self>) -> Self {
        match self {
            Self::Tuple(Tuple(_, names)) => Self::Tuple(Tuple(children.into(), names.clone())),
            Self::List(_) => Self::List(List(children.into())),
            Self::Dict(_) => Self::Dict(Dict(children.into())),
            Self::Set(_) => Self::Set(Set(children.into())),
            Self::FrozenSet(_) => Self::FrozenSet(Set(children.into())),
            Self::Persistent(_) => Self::Persistent(Persistent(children.into())),
            Self::Object(object) => Self::Object(Box::new(object.with_children(children.into()))),
            Self::Variant(variant) => Self::Variant(Box::new(variant.with_state(children.into()))),
            leaf => leaf.clone(),
        }
    }
}

impl Tuple {
    pub(super) fn node(&self) -> Node<'_> {
        Node { head: Head::Tuple, children: &self.0 }
    }
}

impl List {
    pub(super) fn node(&self) -> Node<'_> {
        Node { head: Head::List, children: &self.0 }
    }
}

impl Dict {
    pub(super) fn node(&self) -> Node<'_> {
        Node { head: Head::Dict, children: &self.0 }
    }
}

impl Set {
    pub(super) fn node(&self) -> Node<'_> {
        Node { head: Head::Set, children: &self.0 }
    }
}

impl Object {
    pub(super) fn node(&self) -> Node<'_> {
        match self.content() {
            Content::State(state) => Node { head: Head::Object(self.name()), children: state },
            Content::Parts(parts) => Node { head: Head::Parts(ByName(self)), children: parts },
        }
    }
}

impl Variant {
    pub(super) fn node(&self) -> Node<'_> {
        Node { head: Head::Variant(self.name(), self.variant()), children: self.state() }
    }
}

impl Persistent {
    pub(super) fn node(&self) -> Node<'_> {
        Node { head: Head::Persistent, children: &self.0 }
    }
}

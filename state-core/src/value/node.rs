//! One view of all values that hold others, through which they are cloned, compared, printed and dropped.
//! A kind of value that is added later says here what it is, and the rest follows.

use alloc::{boxed::Box, vec::Vec};

use super::{Dict, List, Object, Set, Tuple, Value, Variant};

/// What a container is, apart from its children: two containers with the same head and equal children are equal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Head<'a> {
    Tuple,
    List,
    /// The children are key, value, key, value.
    Dict,
    Set,
    Object(&'a str),
    Variant(&'a str, &'a str),
}

impl Head<'_> {
    pub(super) const fn is_unordered(self) -> bool {
        matches!(self, Self::Dict | Self::Set)
    }
}

/// A container: its head, and the values right under it.
#[derive(Clone, Copy)]
pub(super) struct Node<'a> {
    pub(super) head: Head<'a>,
    pub(super) children: &'a [Value],
}

impl Value {
    /// `None` for a leaf, which holds no other values.
    pub(super) fn node(&self) -> Option<Node<'_>> {
        match self {
            Self::None | Self::Bool(_) | Self::Int(_) | Self::Float(_) | Self::Str(_) | Self::Bytes(_) => None,
            Self::Tuple(tuple) => Some(tuple.node()),
            Self::List(list) => Some(list.node()),
            Self::Dict(dict) => Some(dict.node()),
            Self::Set(set) => Some(set.node()),
            Self::Object(object) => Some(object.node()),
            Self::Variant(variant) => Some(variant.node()),
        }
    }

    pub(super) fn children_mut(&mut self) -> Option<&mut Vec<Value>> {
        match self {
            Self::None | Self::Bool(_) | Self::Int(_) | Self::Float(_) | Self::Str(_) | Self::Bytes(_) => None,
            Self::Tuple(Tuple(children))
            | Self::List(List(children))
            | Self::Dict(Dict(children))
            | Self::Set(Set(children)) => Some(children),
            Self::Object(object) => Some(&mut object.state_mut().0),
            Self::Variant(variant) => Some(&mut variant.state_mut().0),
        }
    }

    /// A copy of the value that has these children in place of its own.
    pub(super) fn with_children(&self, children: Vec<Value>) -> Self {
        match self {
            Self::Tuple(_) => Self::Tuple(Tuple(children.into())),
            Self::List(_) => Self::List(List(children.into())),
            Self::Dict(_) => Self::Dict(Dict(children.into())),
            Self::Set(_) => Self::Set(Set(children.into())),
            Self::Object(object) => Self::Object(Box::new(object.with_state(children.into()))),
            Self::Variant(variant) => Self::Variant(Box::new(variant.with_state(children.into()))),
            Self::None | Self::Bool(_) | Self::Int(_) | Self::Float(_) | Self::Str(_) | Self::Bytes(_) => self.clone(),
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
        Node { head: Head::Object(self.name()), children: self.state() }
    }
}

impl Variant {
    pub(super) fn node(&self) -> Node<'_> {
        Node { head: Head::Variant(self.name(), self.variant()), children: self.state() }
    }
}

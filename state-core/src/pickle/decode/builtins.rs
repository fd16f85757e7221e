//! Calls that stand for built-in values without an opcode of their own, at the protocols of Python 2 or at every
//! protocol.

use super::arena::{Id, Items, Tag};
use super::parts::Parts;
use super::view::{Name, View};

impl Parts<'_> {
    /// Returns the built-in value that a call stands for.
    pub(super) fn builtin(&self, tag: Tag, place: u32) -> Option<View<'_>> {
        if tag != Tag::Call || !self.is_call_alone(place) {
            return None;
        }
        let callable = self.arena.part(place, 0);
        let Name { module, name } = if self.is_long_name(callable) { None } else { self.name(callable) }?;
        if !matches!(module, "builtins" | "_codecs") {
            return None;
        }
        let given = self.arena.part(place, 1);
        let mut arguments = self.arguments(given);
        let (first, second, len) = (arguments.next(), arguments.next(), arguments.len());
        // Shared arguments stay shared: otherwise, each of many calls would be a copy of them.
        if first.is_some_and(|id| (self.shares.contains(given) || self.shares.contains(id)) && !self.is_short(id)) {
            return None;
        }
        // `plain` does not resolve calls in turn, because they can be nested to any depth.
        let first_view = first.map(|id| if self.is_empty_bytes(id) { View::Bytes(&[]) } else { self.plain(id) });
        match (name, first_view, second, len) {
            ("bytes", None, ..) => Some(View::Bytes(&[])),
            ("bytearray", None, ..) => Some(View::ByteArray(&[])),
            ("bytes", Some(View::Bytes(bytes) | View::ByteArray(bytes)), None, _) => Some(View::Bytes(bytes)),
            ("bytearray", Some(View::Bytes(bytes) | View::ByteArray(bytes)), None, _) => Some(View::ByteArray(bytes)),
            ("set", None, ..) => Some(View::Set(Items::empty(&self.arena))),
            ("frozenset", None, ..) => Some(View::FrozenSet(Items::empty(&self.arena))),
            ("set", Some(items), None, _) => items.items().map(View::Set),
            ("frozenset", Some(items), None, _) => items.items().map(View::FrozenSet),
            ("list", None, ..) => Some(View::List(Items::empty(&self.arena))),
            ("tuple", None, ..) => Some(View::Tuple(Items::empty(&self.arena))),
            // Not of a set, whose order only Python knows.
            ("list", Some(View::Tuple(items) | View::List(items)), None, _) => Some(View::List(items)),
            ("tuple", Some(View::Tuple(items) | View::List(items)), None, _) => Some(View::Tuple(items)),
            ("complex", Some(re), Some(im), 0) => Some(View::Complex(re.float()?, self.plain(im).float()?)),
            ("dict", None, ..) => Some(View::Dict(Items::empty(&self.arena))),
            _ => None,
        }
    }

    /// Returns whether a call has neither changes of its result nor calls before it, which would be lost with it.
    pub(super) fn is_call_alone(&self, place: u32) -> bool {
        self.arena.changes(place).next().is_none() && self.effects.group_of(place).is_none()
    }

    /// Returns whether a part is `bytes()`, as which protocols below 3 write empty bytes.
    fn is_empty_bytes(&self, id: Id) -> bool {
        let View::Object(Tag::Call, place) = self.plain(id) else { return false };
        let is_named = |name: Name<'_>| (name.module, name.name) == ("builtins", "bytes");
        self.arguments(self.arena.part(place, 1)).len() == 0
            && self.is_call_alone(place)
            && self.name(self.arena.part(place, 0)).is_some_and(is_named)
    }

    /// Returns the parts of a tuple of arguments.
    pub(super) fn arguments(&self, id: Id) -> Items<'_> {
        match self.view(id) {
            View::Tuple(items) => items,
            _ => Items::empty(&self.arena),
        }
    }
}

impl<'p> View<'p> {
    /// Returns a float, or a small integer as one.
    fn float(&self) -> Option<f64> {
        match self {
            Self::Float(float) => Some(*float),
            Self::Int(int) => crate::value::Int::from(*int).as_f64(),
            _ => None,
        }
    }

    /// Returns the items of a sequence or set.
    pub(super) fn items(self) -> Option<Items<'p>> {
        match self {
            Self::Tuple(items) | Self::List(items) | Self::Set(items) | Self::FrozenSet(items) => Some(items),
            _ => None,
        }
    }
}

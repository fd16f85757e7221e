//! The functions whose calls stand for built-in values: how Python 2's protocols, and some types at every protocol, spell what has no
//! opcode of its own.

use super::arena::{Id, Items, Tag};
use super::parts::Parts;
use super::view::{Name, View};

impl Parts<'_> {
    /// The built-in value that a call stands for.
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
        // What is shared stays one: each of many calls would else be a copy of it.
        if first.is_some_and(|id| (self.shares.contains(given) || self.shares.contains(id)) && !self.is_short(id)) {
            return None;
        }
        // Not what this is known for in turn: calls can be nested to any depth.
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
            // The order in which a set gives its items is Python's.
            ("list", Some(View::Tuple(items) | View::List(items)), None, _) => Some(View::List(items)),
            ("tuple", Some(View::Tuple(items) | View::List(items)), None, _) => Some(View::Tuple(items)),
            ("complex", Some(re), Some(im), 0) => Some(View::Complex(re.float()?, self.plain(im).float()?)),
            ("dict", None, ..) => Some(View::Dict(Items::empty(&self.arena))),
            _ => None,
        }
    }

    /// Whether nothing was done with the result of a call, or before it, that would be lost with the call.
    pub(super) fn is_call_alone(&self, place: u32) -> bool {
        self.arena.changes(place).next().is_none() && self.effects.group_of(place).is_none()
    }

    /// Whether a part is the call of `bytes` by which protocols below 3 write what is empty.
    fn is_empty_bytes(&self, id: Id) -> bool {
        let View::Object(Tag::Call, place) = self.plain(id) else { return false };
        let is_named = |name: Name<'_>| (name.module, name.name) == ("builtins", "bytes");
        self.arguments(self.arena.part(place, 1)).len() == 0
            && self.is_call_alone(place)
            && self.name(self.arena.part(place, 0)).is_some_and(is_named)
    }

    /// The parts of a tuple of arguments.
    pub(super) fn arguments(&self, id: Id) -> Items<'_> {
        match self.view(id) {
            View::Tuple(items) => items,
            _ => Items::empty(&self.arena),
        }
    }
}

impl<'p> View<'p> {
    /// The number that a float or a small integer is.
    fn float(&self) -> Option<f64> {
        match self {
            Self::Float(float) => Some(*float),
            Self::Int(int) => crate::value::Int::from(*int).as_f64(),
            _ => None,
        }
    }

    /// The items of a sequence or set.
    pub(super) fn items(self) -> Option<Items<'p>> {
        match self {
            Self::Tuple(items) | Self::List(items) | Self::Set(items) | Self::FrozenSet(items) => Some(items),
            _ => None,
        }
    }
}

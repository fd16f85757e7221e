//! The changes of an object, in the order in which its value keeps them and both of them are printed.

use super::arena::{Changes, Id, Items, Tag};
use super::instance::{Construction, Instance};
use super::parts::Parts;
use super::view::View;

/// Items, entries and a state, if the changes begin with these in this order; and all further changes, step by step.
#[derive(Clone, Debug)]
pub(super) struct Changed<'p> {
    pub items: Added<'p>,
    pub entries: Added<'p>,
    pub state: Option<Id>,
    pub steps: Changes<'p>,
}

/// The items that consecutive changes of one kind add.
#[derive(Clone, Debug)]
pub(super) struct Added<'p> {
    /// `None` for no items.
    tag: Option<Tag>,
    items: Items<'p>,
    changes: Changes<'p>,
}

impl Iterator for Added<'_> {
    type Item = Id;

    fn next(&mut self) -> Option<Id> {
        loop {
            if let Some(id) = self.items.next() {
                return Some(id);
            }
            let mut changes = self.changes.clone();
            (_, self.items) = changes.next().filter(|(tag, _)| Some(*tag) == self.tag)?;
            self.changes = changes;
        }
    }
}

impl Parts<'_> {
    /// Returns the object at a node, as its value keeps it.
    pub(super) fn kept(&self, tag: Tag, place: u32) -> Instance<'_> {
        let (class, given) = (self.arena.part(place, 0), self.arena.part(place, 1));
        let instance = self.instance(tag, place);
        let is_known = instance.class != class || matches!(instance.made, Construction::Cython(_));
        // Shared arguments stay shared, even if the function that they are passed to is known.
        let is_apart = self.shares.contains(given) || instance.is_inherited || !self.is_usual(&instance, given);
        if is_known && is_apart { self.plain_call(place) } else { instance }
    }

    /// Returns the object at a node. A call of `_reconstructor` that Python would refuse, or that would drop its value,
    /// remains a call, as in a value.
    pub(super) fn rebuilt(&self, tag: Tag, place: u32) -> Instance<'_> {
        let instance = self.instance(tag, place);
        match instance.base.is_none() || self.is_usual(&instance, self.arena.part(place, 1)) {
            true => instance,
            false => self.plain_call(place),
        }
    }

    /// Returns the tuple whose items are exactly the arguments. This is not the call's own tuple if that begins with
    /// the class.
    pub(super) fn given(&self, instance: &Instance<'_>) -> Option<Id> {
        let is_own =
            instance.class == self.arena.part(instance.place, 0) && !matches!(instance.made, Construction::Cython(_));
        if is_own { Some(self.arena.part(instance.place, 1)) } else { instance.given }
    }

    /// Returns whether a known function is called as usual: that of Cython with a checksum; `copyreg._reconstructor`
    /// with `object` and no value, or with a built-in base and a value that an object keeps as its arguments.
    fn is_usual(&self, instance: &Instance<'_>, given: Id) -> bool {
        if let Construction::Cython(checksum) = instance.made {
            return self.arguments(given).len() == 3 && i64::try_from(checksum).is_ok();
        }
        let Some(base) = instance.base else { return true };
        if self.arguments(given).len() != 3 || self.name(base).is_none() {
            return false;
        }
        if self.is_named(base, "builtins.object") {
            return instance.arguments.len() == 0;
        }
        let is_tuple = self.is_named(base, "builtins.tuple");
        if is_tuple { instance.given.is_some() } else { instance.arguments.len() == 1 }
    }

    pub(super) fn changed(&self, instance: &Instance<'_>) -> Changed<'_> {
        let mut steps = self.arena.changes(instance.place);
        let mut take = |tag: Option<Tag>| {
            let added = Added { tag, items: Items::empty(&self.arena), changes: steps.clone() };
            let mut rest = steps.clone();
            while rest.next().is_some_and(|(of, _)| Some(of) == tag) {
                steps = rest.clone();
            }
            added
        };
        let is_first = instance.inner_state.is_none();
        let [items, entries] = [Tag::List, Tag::Dict].map(|tag| take(Some(tag).filter(|_| is_first)));
        let mut state = instance.inner_state;
        if state.is_none() {
            let mut rest = steps.clone();
            if let Some((Tag::State, mut of)) = rest.next() {
                state = of.next().filter(|&state| !self.is_empty_state(state));
                steps = if state.is_some() { rest } else { steps };
            }
        }
        Changed { items, entries, state, steps }
    }

    /// Returns whether a state is the same as none, though it is written: `None` and an empty tuple mean no state in an
    /// object.
    fn is_empty_state(&self, state: Id) -> bool {
        match self.view(state) {
            View::None => true,
            View::Tuple(items) => items.len() == 0,
            _ => false,
        }
    }
}

//! `types.SimpleNamespace`: attributes and nothing else.

use alloc::vec::Vec;

use crate::value::repr::{Field, Layout, Object, Source, State, attributes, is_empty};

pub(super) fn print<'a, S: Source<'a>>(object: &Object<'a, S>) -> Option<Layout<'a, S>> {
    let is_plain = is_empty(&object.args) && is_empty(&object.items) && is_empty(&object.entries);
    let fields = match &object.state {
        State::None => Vec::new(),
        State::Slots(slots) if is_empty(slots) => Vec::new(),
        State::Other(state) => [Field::Attributes(attributes(object.source, *state)?)].into(),
        State::Slots(_) => return None,
    };
    (is_plain && object.kwargs.is_none()).then(|| Layout::new("namespace", fields))
}

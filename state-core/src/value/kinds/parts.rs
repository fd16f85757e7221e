//! The parts of an object as they are stored, with shared ones as handles, for a format that writes the object.

use crate::value::kinds::object::Content;
use crate::value::{Object, Value};

/// The parts of an object; those that it does not have are `None`.
pub(crate) enum PartsRef<'a> {
    /// A flat state and nothing else.
    State(&'a [Value]),
    All {
        args: &'a Value,
        kwargs: &'a Value,
        state: &'a Value,
        items: &'a [Value],
    },
}

impl Object {
    pub(crate) fn parts(&self) -> PartsRef<'_> {
        match self.content() {
            Content::State(state) => PartsRef::State(state),
            Content::Parts(parts) => {
                let part = |place: usize| parts.get(place).unwrap_or(&Value::None);
                PartsRef::All { args: part(1), kwargs: part(2), state: part(3), items: self.items() }
            }
        }
    }
}

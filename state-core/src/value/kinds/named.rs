//! The names of slots, which are known for states in files that carry their schema.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::value::{Tuple, Value};

/// The names of the values of a flat state. A value that belongs to the previous one, such as the count of a raw array,
/// has none.
#[derive(Clone)]
pub(in crate::value) struct SlotNames(Arc<Vec<SlotName>>);

#[derive(Clone, Default)]
struct SlotName {
    name: Box<str>,
    /// The element type of a raw array, if the value is its bytes.
    elements: Option<Arc<str>>,
}

impl SlotNames {
    /// Makes the names of `count` values from pairs of a name and an index.
    pub fn new(names: Vec<(String, usize, Option<Arc<str>>)>, count: usize) -> Self {
        let mut all: Vec<SlotName> = Vec::new();
        all.resize_with(count, SlotName::default);
        for (name, at, elements) in names {
            if let Some(place) = all.get_mut(at) {
                *place = SlotName { name: name.into(), elements };
            }
        }
        Self(Arc::new(all))
    }

    /// Returns the values with their names; `None` if the state no longer has as many values.
    pub fn of<'v>(&'v self, state: &'v Tuple) -> Option<impl Iterator<Item = NamedValue<'v>>> {
        let names = self.0.iter().zip(state.iter()).filter(|(name, _)| !name.name.is_empty());
        let named =
            |(name, value): (&'v SlotName, _)| NamedValue { name: &name.name, value, elements: name.elements.as_ref() };
        (self.0.len() == state.len()).then(|| names.map(named))
    }
}

/// A slot's name and value and, for the bytes of a raw array, the element type.
#[derive(Clone, Copy)]
pub(in crate::value) struct NamedValue<'v> {
    pub name: &'v str,
    pub value: &'v Value,
    pub elements: Option<&'v Arc<str>>,
}

//! The names of slots: what is known of the states in files that carry their schema.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::value::{Tuple, Value};

/// The names of the values of a flat state. A value that belongs to the one before, such as the count of a raw array, has
/// none.
#[derive(Clone)]
pub(in crate::value) struct SlotNames(Arc<Vec<SlotName>>);

#[derive(Clone, Default)]
struct SlotName {
    name: Box<str>,
    /// Of the bytes of a raw array, what its elements were.
    elements: Option<Arc<str>>,
}

impl SlotNames {
    /// The names of `count` values, by the place of each.
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

    /// The values with their names; `None` where the state is no longer the one that was read.
    pub fn of<'v>(&'v self, state: &'v Tuple) -> Option<impl Iterator<Item = NamedValue<'v>>> {
        let names = self.0.iter().zip(state.iter()).filter(|(name, _)| !name.name.is_empty());
        let named =
            |(name, value): (&'v SlotName, _)| NamedValue { name: &name.name, value, elements: name.elements.as_ref() };
        (self.0.len() == state.len()).then(|| names.map(named))
    }
}

/// The value of a slot by its name and, of the bytes of a raw array, what its elements were.
#[derive(Clone, Copy)]
pub(in crate::value) struct NamedValue<'v> {
    pub name: &'v str,
    pub value: &'v Value,
    pub elements: Option<&'v Arc<str>>,
}

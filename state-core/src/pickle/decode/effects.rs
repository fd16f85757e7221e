//! Calls whose results are not used, so that they matter only for their side effects. Each is kept before the object
//! that was made next, or after everything else if there was none.

use alloc::vec::Vec;

use super::arena::Id;

/// The calls whose results were dropped, at the places where they belong.
#[derive(Debug, Default)]
pub(super) struct Effects {
    pub(super) ids: Vec<Id>,
    /// The place of an object, and the end in `ids` of the calls before it. Those after the last such end come after
    /// everything else.
    pub(super) groups: Vec<(u32, u32)>,
}

impl Effects {
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Returns all calls, in the order in which they were made.
    pub fn all(&self) -> &[Id] {
        &self.ids
    }

    /// Returns how many objects have calls before them.
    pub fn groups(&self) -> usize {
        self.groups.len()
    }

    /// Returns the number of the object at a place among those that have calls before them.
    pub fn group_of(&self, place: u32) -> Option<usize> {
        self.groups.binary_search_by_key(&place, |&(place, _)| place).ok()
    }

    pub fn group(&self, group: usize) -> &[Id] {
        let end = |group: usize| self.groups.get(group).map_or(0, |&(_, end)| end as usize);
        let start = group.checked_sub(1).map_or(0, end);
        self.ids.get(start..end(group)).unwrap_or_default()
    }

    /// Returns the calls that come after everything else.
    pub fn last(&self) -> &[Id] {
        let start = self.groups.last().map_or(0, |&(_, end)| end as usize);
        self.ids.get(start..).unwrap_or_default()
    }
}

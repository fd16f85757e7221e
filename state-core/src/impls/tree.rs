//! The building of B-tree maps and sets.

use alloc::vec::Vec;

use crate::protocol::room;

/// The number of entries that fit into one node.
const NODE: usize = 11;

/// A B-tree that grows by items in its own order, which they have in every image that a tree wrote.
///
/// A tree of more than one node is built at once from a list: its nodes are then full, and no search is needed.
pub(super) struct Growing<C, T> {
    few: C,
    many: Option<Vec<T>>,
}

impl<C: Default + Extend<T> + FromIterator<T>, T> Growing<C, T> {
    #[inline]
    pub fn new(len: usize) -> Self {
        Self { few: C::default(), many: (len > NODE).then(|| Vec::with_capacity(room::at_once::<T>(len))) }
    }

    #[inline]
    pub fn insert(&mut self, item: T) {
        match &mut self.many {
            Some(many) => many.push(item),
            None => self.few.extend(Some(item)),
        }
    }

    /// If keys are repeated, the last one counts.
    #[inline]
    pub fn finish(self) -> C {
        match self.many {
            Some(many) => many.into_iter().collect(),
            None => self.few,
        }
    }
}

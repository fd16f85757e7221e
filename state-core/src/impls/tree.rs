//! How B-tree maps and sets are built.

use alloc::vec::Vec;

use crate::protocol::room;

/// So many entries have their place in one node.
const NODE: usize = 11;

/// A B-tree that grows by items in its own order, as every image that a tree wrote has them.
///
/// What needs more than one node is built at once from a list: its nodes are then full, and none is searched.
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

    /// Of equal keys the last one counts.
    #[inline]
    pub fn finish(self) -> C {
        match self.many {
            Some(many) => many.into_iter().collect(),
            None => self.few,
        }
    }
}

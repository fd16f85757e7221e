//! The memo: parts by the number under which they can be fetched.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::arena::Id;

/// A value that is no part.
const NOTHING: u32 = u32::MAX;

/// Consecutive numbers are in a list; any others, which can be up to 2⁶⁴, in a tree.
#[derive(Clone, Debug, Default)]
pub(super) struct Memo {
    dense: Vec<u32>,
    sparse: BTreeMap<u64, u32>,
}

impl Memo {
    /// Returns how many numbers are in use, which is the number that MEMOIZE uses next.
    pub fn len(&self) -> u64 {
        (self.dense.len() + self.sparse.len()) as u64
    }

    /// Stores a part under a number. `more` is how many parts can follow at most.
    #[inline]
    pub fn put(&mut self, number: u64, id: Id, more: usize) {
        let len = self.dense.len();
        if number == len as u64 && self.sparse.is_empty() {
            if len == self.dense.capacity() {
                self.dense.reserve_exact(len.max(16).min(more + 1));
            }
            self.dense.push(id.0);
        } else {
            match usize::try_from(number).ok().and_then(|number| self.dense.get_mut(number)) {
                Some(place) => *place = id.0,
                None => drop(self.sparse.insert(number, id.0)),
            }
        }
    }

    /// Makes exactly the numbers below this one be in use; those that were not are of unknown parts.
    pub fn take_below(&mut self, number: usize) {
        self.dense.resize(number, NOTHING);
    }

    /// Stores the part of a number that is in use.
    pub fn set(&mut self, number: usize, id: Id) {
        if let Some(place) = self.dense.get_mut(number) {
            *place = id.0;
        }
    }

    #[inline]
    pub fn get(&self, number: u64) -> Option<Id> {
        let dense = usize::try_from(number).ok().and_then(|number| self.dense.get(number));
        dense.or_else(|| self.sparse.get(&number)).copied().filter(|&id| id != NOTHING).map(Id)
    }
}

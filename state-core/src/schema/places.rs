//! Numbers for nodes and for pairs of nodes, by their addresses, and for other numbers: one map for all who ask, as each
//! map of other types is compiled anew, and takes five kilobytes of a program.

use alloc::collections::BTreeMap;
use core::ptr::from_ref;

use super::Schema;

/// A node, or two; or numbers.
pub(crate) type Key = [usize; 2];

/// The key of a node, which goes to other threads.
pub(crate) fn node(schema: &Schema) -> Key {
    [from_ref(schema) as usize, 0]
}

/// The key of a pair of nodes.
pub(crate) fn pair(first: &Schema, second: &Schema) -> Key {
    [from_ref(first) as usize, from_ref(second) as usize]
}

/// Numbers by nodes or pairs of them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places(BTreeMap<Key, usize>);

impl Places {
    pub fn get(&self, key: Key) -> Option<usize> {
        self.0.get(&key).copied()
    }

    /// Whether the key was not there.
    pub fn set(&mut self, key: Key, place: usize) -> bool {
        self.0.insert(key, place).is_none()
    }

    /// The last key up to another, with its number.
    pub fn nearest(&self, key: Key) -> Option<(Key, usize)> {
        self.0.range(..=key).next_back().map(|(key, place)| (*key, *place))
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Notes a node; whether it is met for the first time.
    pub fn meet(&mut self, schema: &Schema) -> bool {
        self.set(node(schema), 0)
    }
}

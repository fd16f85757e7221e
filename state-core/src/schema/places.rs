//! Numbers for nodes and pairs of nodes, by address, and for other numbers. All users share one map type, because each
//! further instantiation would add five kilobytes to a program.

use alloc::collections::BTreeMap;
use core::ptr::from_ref;

use super::Schema;

/// One node or two, by address; or numbers.
pub(crate) type Key = [usize; 2];

/// The key of a node; unlike a reference, it can go to other threads.
pub(crate) fn node(schema: &Schema) -> Key {
    [from_ref(schema) as usize, 0]
}

/// The key of a pair of nodes.
pub(crate) fn pair(first: &Schema, second: &Schema) -> Key {
    [from_ref(first) as usize, from_ref(second) as usize]
}

/// Numbers by key.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places(BTreeMap<Key, usize>);

impl Places {
    pub fn get(&self, key: Key) -> Option<usize> {
        self.0.get(&key).copied()
    }

    /// Sets the number of a key; returns whether the key is new.
    pub fn set(&mut self, key: Key, place: usize) -> bool {
        self.0.insert(key, place).is_none()
    }

    /// The last key that is at most `key`, with its number.
    pub fn nearest(&self, key: Key) -> Option<(Key, usize)> {
        self.0.range(..=key).next_back().map(|(key, place)| (*key, *place))
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Adds a node; returns whether it is new.
    pub fn meet(&mut self, schema: &Schema) -> bool {
        self.set(node(schema), 0)
    }
}

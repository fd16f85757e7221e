//! Maps and sets that many parts of the runtime share: by one or two numbers, which can be addresses, or by text. They
//! have two search trees, because each further type of key or value would compile another, and add five kilobytes to a
//! program.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::ptr::from_ref;

/// One number or two. Addresses are numbers, because unlike references, they can go to other threads.
pub(crate) type Key = [usize; 2];

/// The key of a node or value.
pub(crate) fn address<T>(of: &T) -> Key {
    [from_ref(of) as usize, 0]
}

/// The key of a pair of nodes.
pub(crate) fn pair<T>(first: &T, second: &T) -> Key {
    [from_ref(first) as usize, from_ref(second) as usize]
}

/// The key of a number of 64 bits.
pub(crate) fn halves(number: u64) -> Key {
    #[allow(clippy::cast_possible_truncation, reason = "each is half of the bits")]
    [number as u32 as usize, (number >> 32) as usize]
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

    /// The number of a key, which is `next` if it is new.
    pub fn get_or_set(&mut self, key: Key, next: usize) -> usize {
        *self.0.entry(key).or_insert(next)
    }

    pub fn remove(&mut self, key: Key) -> Option<usize> {
        self.0.remove(&key)
    }

    /// The last key that is at most `key`, with its number.
    pub fn nearest(&self, key: Key) -> Option<(Key, usize)> {
        self.0.range(..=key).next_back().map(|(key, place)| (*key, *place))
    }

    pub fn has(&self, key: Key) -> bool {
        self.get(key).is_some()
    }

    /// The keys and their numbers, by key.
    pub fn iter(&self) -> impl Iterator<Item = (Key, usize)> {
        self.0.iter().map(|(key, place)| (*key, *place))
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Adds a key; returns whether it is new.
    pub fn meet(&mut self, key: Key) -> bool {
        self.set(key, 0)
    }
}

/// Values by key.
#[derive(Clone, Debug)]
pub(crate) struct Table<V> {
    places: Places,
    values: Vec<V>,
}

impl<V> Default for Table<V> {
    fn default() -> Self {
        Self { places: Places::default(), values: Vec::new() }
    }
}

impl<V> Table<V> {
    pub fn get(&self, key: Key) -> Option<&V> {
        self.values.get(self.places.get(key)?)
    }

    pub fn get_mut(&mut self, key: Key) -> Option<&mut V> {
        self.values.get_mut(self.places.get(key)?)
    }

    pub fn has(&self, key: Key) -> bool {
        self.places.has(key)
    }

    /// The keys and their values, by key.
    pub fn iter(&self) -> impl Iterator<Item = (Key, &V)> {
        self.places.iter().map(|(key, place)| (key, &self.values[place]))
    }

    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.values.iter_mut()
    }

    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    pub fn set(&mut self, key: Key, value: V) {
        let place = self.places.get_or_set(key, self.values.len());
        match self.values.get_mut(place) {
            Some(known) => *known = value,
            None => self.values.push(value),
        }
    }

    /// Removes a key; its value too if it was added last, as where parts are nested.
    pub fn remove(&mut self, key: Key) {
        if self.places.remove(key).is_some_and(|place| place + 1 == self.values.len()) {
            self.values.pop();
        }
    }

    /// The value of a key, which is made if the key is new.
    pub fn get_or_add(&mut self, key: Key, make: impl FnOnce() -> V) -> &mut V {
        let place = self.places.get_or_set(key, self.values.len());
        if place == self.values.len() {
            self.values.push(make());
        }
        &mut self.values[place]
    }
}

/// The bytes of two words, which differ from those of any other two.
pub(crate) fn words(first: &str, second: &[u8]) -> Vec<u8> {
    [&first.len().to_le_bytes(), first.as_bytes(), second].concat()
}

/// Numbers by text or other bytes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Words(BTreeMap<Vec<u8>, usize>);

impl Words {
    pub fn get(&self, word: &[u8]) -> Option<usize> {
        self.0.get(word).copied()
    }

    /// The number of a word, which is `next` if it is new.
    pub fn get_or_set(&mut self, word: &[u8], next: usize) -> usize {
        self.get(word).unwrap_or_else(|| {
            self.0.insert(word.into(), next);
            next
        })
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Sets the number of a word; returns whether the word is new.
    pub fn set(&mut self, word: impl Into<Vec<u8>>, place: usize) -> bool {
        self.0.insert(word.into(), place).is_none()
    }

    /// Adds a word; returns whether it is new.
    pub fn meet(&mut self, word: impl Into<Vec<u8>>) -> bool {
        self.set(word, 0)
    }
}

#[cfg(test)]
mod tests {
    use super::{Places, Table, Words, words};

    #[test]
    fn the_last_value_of_a_key_counts() {
        let mut table = Table::default();
        table.set([1, 2], "a");
        table.set([2, 1], "b");
        table.set([1, 2], "c");
        assert_eq!((table.get([1, 2]), table.get([2, 1]), table.get([2, 2])), (Some(&"c"), Some(&"b"), None));
        assert_eq!(*table.get_or_add([2, 1], || "d"), "b");
        table.remove([2, 1]);
        table.remove([2, 1]);
        assert_eq!((table.get([2, 1]), table.values.len()), (None, 1));
        assert_eq!(*table.get_or_add([2, 1], || "e"), "e");
        // Another was added later, so its value stays until all are dropped.
        table.remove([1, 2]);
        assert_eq!((table.get([1, 2]), table.get([2, 1])), (None, Some(&"e")));
        table.set([1, 2], "f");
        assert_eq!((table.get([1, 2]), table.get([2, 1])), (Some(&"f"), Some(&"e")));
    }

    #[test]
    fn different_words_have_different_keys() {
        let mut known = Words::default();
        assert!(known.meet(words("ab", b"c")) && known.meet(words("a", b"bc")) && known.meet(words("", b"abc")));
        assert!(!known.meet(words("a", b"bc")));
        assert_eq!(
            (known.get_or_set(b"", 7), known.get_or_set(b"", 8), known.get(b""), known.get(b"x")),
            (7, 7, Some(7), None)
        );
    }

    #[test]
    fn the_nearest_key_is_not_larger() {
        let mut known = Places::default();
        known.set([5, 1], 3);
        assert_eq!(
            (known.nearest([5, 9]), known.remove([5, 1]), known.get([5, 1])),
            (Some(([5, 1], 3)), Some(3), None)
        );
    }
}

//! The restore of a map whose keys are not those of the image: values whose keys stay are restored in place, the others
//! are built, or made from the entries of keys that are gone. No value is restored twice, so that its hooks run once.

use alloc::collections::{BTreeMap, btree_map};
use alloc::vec::Vec;
use core::mem::{needs_drop, replace, take};
#[cfg(feature = "std")]
use std::collections::HashMap;
#[cfg(feature = "std")]
use std::hash::{BuildHasher, Hash};

#[cfg(feature = "std")]
use super::agree::Scratch;
use super::align;
use super::map::Heads;
use super::tree::Growing;
use crate::protocol::decode::Reader;
use crate::protocol::parts::{get, set};
#[cfg(feature = "std")]
use crate::protocol::room;
use crate::state::Restore;

/// Fills a B-tree map whose first `kept` entries are already restored.
///
/// Its entries and those of the image are visited in parallel, and the tree is built at once. Not inlined, because maps
/// whose keys agree do not need it.
#[inline(never)]
pub(super) fn tree<'de, K: Restore<'de> + Ord, V: Restore<'de>>(
    map: &mut BTreeMap<K, V>,
    kept: usize,
    heads: Heads<'de>,
    reader: &mut Reader<'de>,
) {
    let mut rest = take(map).into_iter();
    let mut new = Growing::new(heads.len());
    rest.by_ref().take(kept).for_each(|entry| new.insert(entry));
    let mut old = Old { front: rest.next(), rest, passed: Vec::new(), trades: align::may_move::<(K, V)>(reader) };
    for head in heads.skip(kept) {
        let Some(entry) = old.restore(head, reader) else { break };
        new.insert(entry);
    }
    *map = new.finish();
}

/// The entries that a tree had, in order.
struct Old<K, V> {
    front: Option<(K, V)>,
    rest: btree_map::IntoIter<K, V>,
    /// The entries whose keys are below the last one sought. A value is taken only once.
    passed: Vec<(K, Option<V>)>,
    /// Whether the entry of a key that is gone may become another one.
    trades: bool,
}

impl<'de, K: Restore<'de> + Ord, V: Restore<'de>> Old<K, V> {
    /// The entry of the image at `head`, made from an existing one if that saves anything.
    fn restore(&mut self, mut head: &'de [u8], reader: &mut Reader<'de>) -> Option<(K, V)> {
        let (key, mut spare) = match self.spare() {
            Some((mut key, spare)) => {
                set(&mut key, &mut head, reader);
                (key, spare)
            }
            None => (get(&mut head, reader)?, None),
        };
        // If nothing is spare, the search for the key may just have passed an entry.
        let old = self.find(&key, &mut spare).or(spare).or_else(|| self.spare()?.1);
        let value = match old {
            Some(mut value) => {
                set(&mut value, &mut head, reader);
                value
            }
            None => get(&mut head, reader)?,
        };
        Some((key, value))
    }

    fn next(&mut self) -> Option<(K, V)> {
        replace(&mut self.front, self.rest.next())
    }

    /// An entry whose key is gone, or the last entry, which would be sought last.
    fn spare(&mut self) -> Option<(K, Option<V>)> {
        if !self.trades || !needs_drop::<(K, V)>() {
            return None;
        }
        self.passed.pop().or_else(|| self.rest.next_back().map(|(key, value)| (key, Some(value))))
    }

    /// Takes the value of a key. Keys in order are found without a search. If the key is found, `spare` is kept for
    /// another key.
    fn find(&mut self, key: &K, spare: &mut Option<V>) -> Option<V> {
        while let Some((front, _)) = &self.front {
            let order = front.cmp(key);
            if order.is_gt() {
                break;
            }
            let (old, value) = self.next()?;
            if order.is_eq() {
                if spare.is_some() {
                    self.passed.push((old, spare.take()));
                }
                return Some(value);
            }
            if !self.trades || needs_drop::<(K, V)>() {
                self.passed.push((old, Some(value)));
            }
        }
        // Entries that may be traded are not kept in order.
        if self.trades || self.passed.last()?.0 < *key {
            return None;
        }
        let at = self.passed.binary_search_by(|(old, _)| old.cmp(key)).ok()?;
        self.passed[at].1.take()
    }
}

/// Fills a hash map, of whose entries the marked ones are already restored.
#[cfg(feature = "std")]
#[inline(never)]
pub(super) fn table<'de, K, V, S>(
    map: &mut HashMap<K, V, S>,
    mut marked: Marks<V>,
    heads: Heads<'de>,
    reader: &mut Reader<'de>,
) where
    K: Restore<'de> + Eq + Hash,
    V: Restore<'de>,
    S: BuildHasher,
{
    let trades = align::may_move::<(K, V)>(reader);
    let mut heads = heads.skip(marked.count);
    if trades && !needs_drop::<(K, V)>() {
        // A search would take longer than it could save.
        marked.retain(map);
        return fill(map, Vec::new(), heads, reader);
    }
    let (mut new, mut scratch) = (Vec::new(), Scratch::new(reader));
    while let Some(mut head) = heads.next() {
        let (key_head, place) = (&head[..K::HEAD], reader.mark());
        let Some(key) = get::<K>(&mut head, reader) else { break };
        let live = map.get_key_value(&key).filter(|(_, value)| Marks::<V>::TELLS && !marked.has(value));
        let value = match live.map(|(live, _)| scratch.agrees_again(live, key_head, place, reader)) {
            Some(true) => {
                if let Some(value) = map.get_mut(&key) {
                    marked.mark(value);
                    set(value, &mut head, reader);
                }
                continue;
            }
            // Equal keys need not be identical.
            Some(false) => map.remove(&key),
            None => None,
        };
        let value = match value {
            Some(mut value) => {
                set(&mut value, &mut head, reader);
                Some(value)
            }
            None => get(&mut head, reader),
        };
        match value {
            Some(value) => new.push((key, value)),
            None => break,
        }
        if trades && marked.count == 0 && new.len() == FOREIGN {
            let old = map.drain().collect();
            map.extend(new);
            return fill(map, old, heads, reader);
        }
    }
    marked.retain(map);
    // If the bytes repeat a key, which no map writes, the last one counts.
    map.extend(new);
}

/// After this many keys without a match, a table is taken to have nothing in common with the image.
#[cfg(feature = "std")]
const FOREIGN: usize = 8;

/// Inserts entries into a hash map, made from old ones as long as there are any.
#[cfg(feature = "std")]
fn fill<'de, K, V, S>(
    map: &mut HashMap<K, V, S>,
    mut old: Vec<(K, V)>,
    heads: impl ExactSizeIterator<Item = &'de [u8]>,
    reader: &mut Reader<'de>,
) where
    K: Restore<'de> + Eq + Hash,
    V: Restore<'de>,
    S: BuildHasher,
{
    map.reserve(room::at_once::<(K, V)>(heads.len()));
    for mut head in heads {
        let entry = match old.pop() {
            Some((mut key, mut value)) => {
                set(&mut key, &mut head, reader);
                set(&mut value, &mut head, reader);
                Some((key, value))
            }
            None => get(&mut head, reader).and_then(|key| Some((key, get(&mut head, reader)?))),
        };
        let Some((key, value)) = entry else { return };
        map.insert(key, value);
    }
}

/// Which values of a table are restored. Values are identified by address, which is valid as long as nothing moves.
#[cfg(feature = "std")]
pub(super) struct Marks<V> {
    start: usize,
    bits: Vec<u64>,
    pub count: usize,
    of: core::marker::PhantomData<fn(&V)>,
}

#[cfg(feature = "std")]
impl<V> Marks<V> {
    /// Zero-sized values cannot be distinguished, and have nothing to keep.
    pub const TELLS: bool = size_of::<V>() > 0;

    /// Marks for the values of a table, none of which is marked.
    pub fn none<'a>(values: impl Iterator<Item = &'a V>) -> Self
    where
        V: 'a,
    {
        let (start, end) = values.map(address).fold((usize::MAX, 0), |(start, end), at| (start.min(at), end.max(at)));
        let bits = if Self::TELLS && start <= end { (end - start) / size_of::<V>() + 1 } else { 0 };
        Self { start, bits: alloc::vec![0; bits.div_ceil(64)], count: 0, of: core::marker::PhantomData }
    }

    /// Marks a value; false if it was marked already, or cannot be.
    pub fn mark(&mut self, value: &V) -> bool {
        let (word, bit) = self.place(value);
        let Some(word) = self.bits.get_mut(word) else { return false };
        let is_new = *word & bit == 0;
        *word |= bit;
        self.count += usize::from(is_new);
        is_new
    }

    /// Drops the entries of a table that are not marked.
    fn retain<K, S>(&self, map: &mut HashMap<K, V, S>) {
        match self.count {
            0 => map.clear(),
            all if all == map.len() => {}
            _ => map.retain(|_, value| self.has(value)),
        }
    }

    fn has(&self, value: &V) -> bool {
        let (word, bit) = self.place(value);
        self.bits.get(word).is_some_and(|word| word & bit != 0)
    }

    /// The word and bit of a value. Addresses of values differ by at least the size of one, so that no two have the
    /// same bit.
    fn place(&self, value: &V) -> (usize, u64) {
        let at = address(value).wrapping_sub(self.start) / size_of::<V>().max(1);
        (at / 64, 1 << (at % 64))
    }
}

#[cfg(feature = "std")]
fn address<V>(value: &V) -> usize {
    core::ptr::from_ref(value) as usize
}

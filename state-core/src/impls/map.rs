//! `BTreeMap` and `HashMap`: a length, and a run of heads, alternately of key and value, in the map's own order.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
#[cfg(feature = "std")]
use std::collections::HashMap;
#[cfg(feature = "std")]
use std::hash::{BuildHasher, Hash};

use super::agree::Scratch;
#[cfg(feature = "std")]
use super::order;
use super::refill;
#[cfg(feature = "std")]
use super::refill::Marks;
use super::tree::Growing;
use crate::protocol::decode::{Checker, Reader};
use crate::protocol::encode::{Size, Writer};
use crate::protocol::entry::{key_of, named, shown_live};
use crate::protocol::layout::{LENGTH, stride};
use crate::protocol::parts::{check, get, put, set, size};
#[cfg(feature = "std")]
use crate::protocol::room::Table;
use crate::protocol::room::{self, Holds, Tree};
use crate::schema::{Kind, Link, Schema};
use crate::sharing::share_parts;
use crate::state::{Restore, State};

/// The size of the head of an entry.
const fn entry<K: State, V: State>() -> usize {
    K::HEAD + V::HEAD
}

pub(super) fn schema<K: State, V: State>() -> &'static Schema {
    const { &Schema::leaf(Kind::Map(Link::To(K::schema), Link::To(V::schema)), LENGTH) }
}

#[cfg(feature = "std")]
fn table_schema<K: State, V: State>() -> &'static Schema {
    const { &Schema::leaf(Kind::Map(Link::To(K::schema), Link::To(V::schema)), LENGTH).hashed() }
}

#[inline]
pub(super) fn size_entries<'a, K: State + 'a, V: State + 'a>(
    entries: impl ExactSizeIterator<Item = (&'a K, &'a V)>,
    all: &mut Size,
) {
    all.length(entries.len());
    all.run(entries.len(), entry::<K, V>());
    if K::DYNAMIC || V::DYNAMIC {
        all.nested::<(K, V)>(|all| {
            for (key, value) in entries {
                size(key, all);
                size(value, all);
            }
        });
    }
}

#[inline]
pub(super) fn put_entries<'a, K: State + 'a, V: State + 'a>(
    entries: impl ExactSizeIterator<Item = (&'a K, &'a V)>,
    head: &mut [u8],
    writer: &mut Writer<'_, 'a>,
) {
    writer.length(head, entries.len());
    let Some(run) = writer.run(entries.len(), entry::<K, V>()) else { return };
    if entry::<K, V>() == 0 {
        run.fill(0);
    }
    let each = |writer: &mut Writer<'_, 'a>| {
        for ((key, value), mut head) in entries.zip(run.chunks_exact_mut(stride(entry::<K, V>()))) {
            put(key, &mut head, writer);
            if V::POINTER {
                writer.may_be_empty();
            }
            put(value, &mut head, writer);
        }
    };
    if K::DYNAMIC || V::DYNAMIC { writer.nested::<(K, V)>(each) } else { each(writer) }
}

/// Writes the entries of a hash map: in its own order or, within a sorted field, in one that equal maps share.
#[cfg(feature = "std")]
#[inline]
fn put_table<'a, K: State + 'a, V: State + 'a>(
    entries: impl ExactSizeIterator<Item = (&'a K, &'a V)>,
    head: &mut [u8],
    writer: &mut Writer<'_, 'a>,
) {
    if let Some(depth) = writer.is_sorted() {
        put_entries(order::by_key(entries, |&(key, _)| key, depth).into_iter(), head, writer);
    } else {
        put_entries(entries, head, writer);
    }
}

#[inline]
pub(super) fn check_entries<'de, K: Restore<'de>, V: Restore<'de>, C: Holds>(
    head: &[u8],
    checker: &mut Checker<'_>,
) -> bool {
    let Some(len) = checker.length(head) else { return false };
    let Some(run) = checker.run(len, entry::<K, V>()) else { return false };
    if const { room::is_wide::<(K, V), C>(entry::<K, V>()) } {
        room::count::<(K, V), C>(len, checker);
    }
    if entry::<K, V>() == 0 && run.iter().any(|&filler| filler != 0) {
        return false;
    }
    let each = |checker: &mut Checker<'_>| {
        run.chunks_exact(stride(entry::<K, V>()))
            .all(|mut head| check::<K>(&mut head, checker) && check_value::<V>(&mut head, checker))
    };
    if K::DYNAMIC || V::DYNAMIC { checker.nested::<(K, V)>(each) } else { each(checker) }
}

#[inline]
fn check_value<'de, V: Restore<'de>>(head: &mut &[u8], checker: &mut Checker<'_>) -> bool {
    if V::POINTER {
        checker.may_be_empty();
    }
    check::<V>(head, checker)
}

/// The heads of a map's entries.
pub(super) type Heads<'de> = core::slice::ChunksExact<'de, u8>;

#[inline]
pub(super) fn heads<'de, K: State, V: State>(head: &[u8], reader: &mut Reader<'de>) -> Option<Heads<'de>> {
    let len = reader.length(head)?;
    Some(reader.run(len, entry::<K, V>())?.chunks_exact(stride(entry::<K, V>())))
}

/// Restores values as long as their keys agree with those of the image, in order; returns how many.
#[inline]
pub(super) fn set_values<'a, 'de, K: State + 'a, V: Restore<'de> + 'a>(
    entries: impl Iterator<Item = (&'a K, &'a mut V)>,
    heads: Heads<'de>,
    reader: &mut Reader<'de>,
) -> usize {
    let mut scratch = Scratch::new(reader);
    let mut kept = 0;
    for ((key, value), head) in entries.zip(heads) {
        let (key_head, mut value_head) = head.split_at(K::HEAD);
        if !scratch.agrees(key, key_head, reader) {
            break;
        }
        set(value, &mut value_head, reader);
        kept += 1;
    }
    kept
}

/// Builds a key or an item of a set, and calls all its hooks: its order and hash may depend on them.
#[inline]
pub(super) fn whole<'de, K: Restore<'de>>(head: &mut &'de [u8], reader: &mut Reader<'de>) -> Option<K> {
    let mut key = get(head, reader)?;
    reader.complete(&mut key)?;
    Some(key)
}

/// Adds to its refusal which key was refused.
#[cold]
pub(super) fn refused_key<T>(at: usize, reader: &mut Reader<'_>) -> Option<T> {
    reader.within(&key_of(at));
    None
}

/// Adds to its refusal which value was refused: that of this key.
#[cold]
pub(super) fn refused_value<K: State, T>(key: &K, at: usize, reader: &mut Reader<'_>) -> Option<T> {
    reader.within(&named(shown_live(key), at));
    None
}

pub(super) fn settle_values<'a, 'de, K: State + 'a, V: Restore<'de> + 'a>(
    entries: impl Iterator<Item = (&'a K, &'a mut V)>,
    reader: &mut Reader<'de>,
) -> Option<()> {
    for (at, (key, value)) in entries.enumerate() {
        if value.settle(reader).is_none() {
            return refused_value(key, at, reader);
        }
    }
    Some(())
}

/// Both maps. If the bytes repeat a key, which no map writes, the last one counts.
macro_rules! maps {
    (
        $map:ident, $room:ident, [$($bound:tt)*], [$($hasher:ident: $build:ident)?], $empty:expr, $schema:ident,
        $put:expr, $set:ident, $insert:expr, $done:expr, $drain:expr, $fill:expr
    ) => {
        impl<K: State, V: State $(, $hasher: Send + Sync + 'static)?> State for $map<K, V $(, $hasher)?> {
            const HEAD: usize = LENGTH;
            share_parts!(K);

            fn schema() -> &'static Schema {
                $schema::<K, V>()
            }

            #[inline]
            fn size(&self, size: &mut Size) {
                size_entries(self.iter(), size);
            }

            #[inline]
            fn put<'v>(&'v self, head: &mut [u8], writer: &mut Writer<'_, 'v>) {
                $put(self.iter(), head, writer);
            }
        }

        impl<'de, K, V $(, $hasher)?> Restore<'de> for $map<K, V $(, $hasher)?>
        where
            K: Restore<'de> + $($bound)*,
            V: Restore<'de>,
            $($hasher: $build + Default + Send + Sync + 'static,)?
        {
            const SWAPPED: bool = K::WHOLE && V::WHOLE;

            #[inline]
            fn check(head: &[u8], checker: &mut Checker<'_>) -> bool {
                check_entries::<K, V, $room>(head, checker)
            }

            #[inline]
            fn get(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Self> {
                let mut heads = heads::<K, V>(head, reader)?;
                let (is_wide, len) = (const { room::is_wide::<(K, V), $room>(entry::<K, V>()) }, heads.len());
                let mut map = $empty(if is_wide { room::at_once::<(K, V)>(len) } else { len });
                while let Some(mut head) = heads.next() {
                    let Some(key) = whole(&mut head, reader) else { return refused_key(len - heads.len() - 1, reader) };
                    match get(&mut head, reader) {
                        Some(value) => $insert(&mut map, key, value),
                        None if V::POINTER && reader.left_out() => {}
                        None => return refused_value(&key, len - heads.len() - 1, reader),
                    }
                }
                Some($done(map))
            }

            /// While the keys agree, in order, only values are restored. From the first that does not, keys are built.
            fn set(&mut self, head: &'de [u8], reader: &mut Reader<'de>) {
                if let Some(heads) = heads::<K, V>(head, reader) {
                    $set(self, heads, reader);
                }
            }

            /// Entries with equal keys are exchanged in place, the others change owners.
            fn exchange_with(&mut self, other: &mut Self, reader: &mut Reader<'de>) {
                if const { K::WHOLE } {
                    core::mem::swap(self, other);
                    for (key, value) in self.iter_mut() {
                        if let Some(old) = other.get_mut(key) {
                            core::mem::swap(value, old);
                            value.exchange_with(old, reader);
                        }
                    }
                    return;
                }
                let (mut mine, mut others) = (Vec::with_capacity(other.len()), Vec::with_capacity(self.len()));
                for (mut key, mut value) in $drain(self) {
                    if let Some((mut new, mut new_value)) = other.remove_entry(&key) {
                        key.exchange_with(&mut new, reader);
                        value.exchange_with(&mut new_value, reader);
                        mine.push((key, value));
                        (key, value) = (new, new_value);
                    }
                    others.push((key, value));
                }
                mine.extend($drain(other));
                $fill(self, mine);
                $fill(other, others);
            }

            /// Keys were settled before they were inserted, and cannot be changed here.
            fn settle(&mut self, reader: &mut Reader<'de>) -> Option<()> {
                settle_values(self.iter_mut(), reader)
            }
        }
    };
}

maps!(
    BTreeMap,
    Tree,
    [Ord],
    [],
    Growing::new,
    schema,
    put_entries,
    set_tree,
    |map: &mut Growing<Self, _>, key, value| map.insert((key, value)),
    Growing::finish,
    core::mem::take,
    |map: &mut Self, entries: Vec<(K, V)>| *map = entries.into_iter().collect()
);
#[cfg(feature = "std")]
maps!(
    HashMap,
    Table,
    [Eq + Hash],
    [S: BuildHasher],
    |len| Self::with_capacity_and_hasher(len, S::default()),
    table_schema,
    put_table,
    set_table,
    |map: &mut Self, key, value| drop(map.insert(key, value)),
    |map| map,
    |map: &mut Self| map.drain().collect::<Vec<_>>(),
    |map: &mut Self, entries: Vec<(K, V)>| map.extend(entries)
);

fn set_tree<'de, K: Restore<'de> + Ord, V: Restore<'de>>(
    map: &mut BTreeMap<K, V>,
    heads: Heads<'de>,
    reader: &mut Reader<'de>,
) {
    let kept = set_values(map.iter_mut(), heads.clone(), reader);
    if kept < map.len() || kept < heads.len() {
        refill::tree(map, kept, heads, reader);
    }
}

#[cfg(feature = "std")]
fn set_table<'de, K: Restore<'de> + Eq + Hash, V: Restore<'de>, S: BuildHasher>(
    map: &mut HashMap<K, V, S>,
    heads: Heads<'de>,
    reader: &mut Reader<'de>,
) {
    let kept = if Marks::<V>::TELLS { set_values(map.iter_mut(), heads.clone(), reader) } else { 0 };
    if kept < map.len() || kept < heads.len() {
        let mut marks = Marks::none(map.values());
        map.values().take(kept).for_each(|value| {
            marks.mark(value);
        });
        refill::table(map, marks, heads, reader);
    }
}

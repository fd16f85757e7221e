//! The map and set of `indexmap`: as those of the standard library, but in the order of insertion, which is restored.

use alloc::vec::Vec;
use core::hash::{BuildHasher, Hash};

use indexmap::{IndexMap, IndexSet};

use crate::impls::convert::refused_before;
use crate::impls::{list, map, set as sets};
use crate::protocol::layout::{LENGTH, stride};
use crate::protocol::parts::{get, set};
use crate::protocol::room::{self, Table};
use crate::schema::{Kind, Link, Schema};
use crate::sharing::{share_parts, share_through};
use crate::state::{Checker, Reader, Restore, Size, State, Writer};

impl<K: State, V: State, S: Send + Sync + 'static> State for IndexMap<K, V, S> {
    const HEAD: usize = LENGTH;
    share_parts!(K);

    fn schema() -> &'static Schema {
        map::schema::<K, V>()
    }

    #[inline]
    fn size(&self, size: &mut Size) {
        map::size_entries(self.iter(), size);
    }

    #[inline]
    fn put<'v>(&'v self, head: &mut [u8], writer: &mut Writer<'_, 'v>) {
        map::put_entries(self.iter(), head, writer);
    }
}

impl<'de, K, V, S> Restore<'de> for IndexMap<K, V, S>
where
    K: Restore<'de> + Eq + Hash,
    V: Restore<'de>,
    S: BuildHasher + Default + Send + Sync + 'static,
{
    #[inline]
    fn check(head: &[u8], checker: &mut Checker<'_>) -> bool {
        map::check_entries::<K, V, Table>(head, checker)
    }

    fn get(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Self> {
        let mut heads = map::heads::<K, V>(head, reader)?;
        let (is_wide, len) = (const { room::is_wide::<(K, V), Table>(K::HEAD + V::HEAD) }, heads.len());
        let room = if is_wide { room::at_once::<(K, V)>(len) } else { len };
        let mut entries = Self::with_capacity_and_hasher(room, S::default());
        while let Some(mut head) = heads.next() {
            let Some(key) = map::whole(&mut head, reader) else {
                return map::refused_key(len - heads.len() - 1, reader);
            };
            match get(&mut head, reader) {
                Some(value) => drop(entries.insert(key, value)),
                None if V::POINTER && reader.left_out() => {}
                None => return map::refused_value(&key, len - heads.len() - 1, reader),
            }
        }
        Some(entries)
    }

    /// While the keys agree, in order, only values are restored. From the first that does not, entries are inserted
    /// again, but the existing values of their keys are still restored in place.
    fn set(&mut self, head: &'de [u8], reader: &mut Reader<'de>) {
        let Some(heads) = map::heads::<K, V>(head, reader) else { return };
        let kept = map::set_values(self.iter_mut(), heads.clone(), reader);
        let mut others: IndexMap<K, V, S> = IndexMap::with_hasher(S::default());
        others.extend(self.drain(kept..));
        self.reserve(heads.len() - kept);
        for mut head in heads.skip(kept) {
            let Some(key) = get(&mut head, reader) else { return };
            if let Some(mut value) = others.swap_remove(&key) {
                set(&mut value, &mut head, reader);
                self.insert(key, value);
            } else {
                let Some(value) = get(&mut head, reader) else { return };
                self.insert(key, value);
            }
        }
    }

    /// Entries with equal keys are exchanged in place, the others change owners, and so do the orders.
    fn exchange_with(&mut self, other: &mut Self, reader: &mut Reader<'de>) {
        let old = exchange_equal(
            self.drain(..).collect(),
            other,
            |other, (key, _)| other.get_index_of(key),
            |other| other.drain(..).collect(),
            |(key, value), (new_key, new_value)| {
                key.exchange_with(new_key, reader);
                value.exchange_with(new_value, reader);
            },
        );
        self.extend(old.0);
        other.extend(old.1);
    }

    /// Keys were settled before they were inserted, and cannot be changed here.
    fn settle(&mut self, reader: &mut Reader<'de>) -> Option<()> {
        map::settle_values(self.iter_mut(), reader)
    }
}

/// Returns what both hold after an exchange of the items `mine` with those of `other`: each in the order of the other,
/// with the states of equal items exchanged.
fn exchange_equal<T, C>(
    mine: Vec<T>,
    other: &mut C,
    find: impl Fn(&C, &T) -> Option<usize>,
    drain: impl FnOnce(&mut C) -> Vec<T>,
    mut exchange: impl FnMut(&mut T, &mut T),
) -> (Vec<T>, Vec<T>) {
    let places: Vec<_> = mine.iter().map(|item| find(other, item)).collect();
    let (mut ours, mut theirs) = (drain(other), mine);
    for (item, place) in theirs.iter_mut().zip(places) {
        if let Some(new) = place.and_then(|place| ours.get_mut(place)) {
            exchange(item, new);
            core::mem::swap(item, new);
        }
    }
    (ours, theirs)
}

impl<T: State, S: Send + Sync + 'static> State for IndexSet<T, S> {
    const HEAD: usize = LENGTH;
    share_through!(T);

    fn schema() -> &'static Schema {
        const { &Schema::leaf(Kind::Set(Link::To(T::schema)), LENGTH) }
    }

    #[inline]
    fn size(&self, size: &mut Size) {
        list::size(self.iter(), size);
    }

    #[inline]
    fn put<'v>(&'v self, head: &mut [u8], writer: &mut Writer<'_, 'v>) {
        list::put_each::<_, Table>(self.iter(), head, writer);
    }
}

impl<'de, T: Restore<'de> + Eq + Hash, S: BuildHasher + Default + Send + Sync + 'static> Restore<'de>
    for IndexSet<T, S>
{
    #[inline]
    fn check(head: &[u8], checker: &mut Checker<'_>) -> bool {
        list::check::<T, Table>(head, checker)
    }

    fn get(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Self> {
        let run = list::run::<T>(head, reader)?;
        let (is_wide, len) = (const { room::is_wide::<T, Table>(T::HEAD) }, run.len() / stride(T::HEAD));
        let room = if is_wide { room::at_once::<T>(len) } else { len };
        let mut set = Self::with_capacity_and_hasher(room, S::default());
        let mut heads = run.chunks_exact(stride(T::HEAD));
        while let Some(mut head) = heads.next() {
            match map::whole(&mut head, reader) {
                Some(item) => set.insert(item),
                None => return refused_before(heads.len(), len, reader),
            };
        }
        Some(set)
    }

    /// A set whose elements agree, in order, stays as it is; any other is filled again.
    fn set(&mut self, head: &'de [u8], reader: &mut Reader<'de>) {
        let place = reader.mark();
        if !sets::agrees(self.iter(), head, reader) {
            reader.back_to(place);
            self.clear();
            sets::each(head, reader, |item| {
                self.insert(item);
            });
        }
    }

    /// Equal elements are exchanged in place, the others change owners, and so do the orders.
    fn exchange_with(&mut self, other: &mut Self, reader: &mut Reader<'de>) {
        let old = exchange_equal(
            self.drain(..).collect(),
            other,
            IndexSet::get_index_of,
            |other| other.drain(..).collect(),
            |item, new| item.exchange_with(new, reader),
        );
        self.extend(old.0);
        other.extend(old.1);
    }
}

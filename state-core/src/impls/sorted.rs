//! `#[state(sorted)]`: hash maps and sets whose entries are written in the order of their keys, so that equal ones give
//! equal bytes.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::marker::PhantomData;
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::hash::{BuildHasher, Hash};

use super::map::{self, Heads};
use super::refill::{self, Marks};
use super::{list, set};
use crate::protocol::decode::Reader;
use crate::protocol::encode::Writer;
use crate::protocol::parts::{cut, cut_mut};
use crate::protocol::room::Table;
use crate::state::{Restore, State};

/// A hash map or set with keys that have an order.
///
/// Sorting costs one list of references to the entries, both to save and to restore; a restore into a map of the same
/// keys allocates nothing else. Hash maps and sets deeper inside, whose keys need no order, are sorted by the bytes of
/// their keys: numbers and text as expected, others in some order that equal maps share.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sorted",
    label = "`sorted` is for hash maps and sets whose keys are `Ord`, and for lists, options and boxes of them",
    note = "a `BTreeMap` or `BTreeSet` is sorted already, and a list keeps its order"
)]
pub trait Sorted: State {
    fn put_sorted<'v>(&'v self, head: &mut [u8], writer: &mut Writer<'_, 'v>);
}

/// Writes a hash map or set in the order of its keys.
#[inline]
pub fn put_sorted<'v, T: Sorted>(value: &'v T, head: &mut &mut [u8], writer: &mut Writer<'_, 'v>) {
    value.put_sorted(cut_mut(head, T::HEAD), writer);
}

/// The counterpart for restoring: separate, because a type that is only saved need not implement `Restore`.
#[doc(hidden)]
pub trait SetSorted<'de>: Sorted + Restore<'de> {
    fn set_sorted(&mut self, head: &'de [u8], reader: &mut Reader<'de>);
}

/// Finds how `T` is restored by method resolution: a type that cannot be sorted is restored as usual, because saving
/// refuses it, and one error is enough.
#[doc(hidden)]
#[derive(Debug)]
pub struct Restorer<'de, T>(PhantomData<fn(&'de ()) -> T>);

impl<T> Restorer<'_, T> {
    pub const NEW: Self = Self(PhantomData);
}

impl<'de, T: SetSorted<'de>> Restorer<'de, T> {
    #[inline]
    pub fn __set_sorted(&self, value: &mut T, head: &mut &'de [u8], reader: &mut Reader<'de>) {
        value.set_sorted(cut(head, T::HEAD), reader);
    }
}

#[doc(hidden)]
pub trait Unsorted<'de, T: Restore<'de>> {
    #[inline]
    fn __set_sorted(&self, value: &mut T, head: &mut &'de [u8], reader: &mut Reader<'de>) {
        value.set(cut(head, T::HEAD), reader);
    }
}

impl<'de, T: Restore<'de>> Unsorted<'de, T> for &Restorer<'de, T> {}

impl<K: State + Ord, V: State, S: Send + Sync + 'static> Sorted for HashMap<K, V, S> {
    fn put_sorted<'v>(&'v self, head: &mut [u8], writer: &mut Writer<'_, 'v>) {
        let mut entries: Vec<_> = self.iter().collect();
        entries.sort_unstable_by_key(|&(key, _)| key);
        writer.sorted(|writer| map::put_entries(entries.into_iter(), head, writer));
    }
}

impl<'de, K, V, S> SetSorted<'de> for HashMap<K, V, S>
where
    K: Restore<'de> + Ord + Hash,
    V: Restore<'de>,
    S: BuildHasher + Default + Send + Sync + 'static,
{
    fn set_sorted(&mut self, head: &'de [u8], reader: &mut Reader<'de>) {
        let Some(heads): Option<Heads<'de>> = map::heads::<K, V>(head, reader) else { return };
        let mut entries: Vec<_> = self.iter_mut().collect();
        entries.sort_unstable_by_key(|(key, _)| *key);
        let by_ref = entries.iter_mut().map(|(key, value)| (*key, &mut **value));
        let kept = if Marks::<V>::TELLS { map::set_values(by_ref, heads.clone(), reader) } else { 0 };
        if kept < entries.len() || kept < heads.len() {
            let mut marks = Marks::none(entries.iter().map(|(_, value)| &**value));
            entries[..kept].iter().for_each(|(_, value)| {
                marks.mark(value);
            });
            refill::table(self, marks, heads, reader);
        }
    }
}

impl<T: State + Ord, S: Send + Sync + 'static> Sorted for HashSet<T, S> {
    fn put_sorted<'v>(&'v self, head: &mut [u8], writer: &mut Writer<'_, 'v>) {
        let mut items: Vec<_> = self.iter().collect();
        items.sort_unstable();
        writer.sorted(|writer| list::put_each::<_, Table>(items.into_iter(), head, writer));
    }
}

impl<'de, T, S> SetSorted<'de> for HashSet<T, S>
where
    T: Restore<'de> + Ord + Hash,
    S: BuildHasher + Default + Send + Sync + 'static,
{
    fn set_sorted(&mut self, head: &'de [u8], reader: &mut Reader<'de>) {
        let mut items: Vec<_> = self.iter().collect();
        items.sort_unstable();
        let place = reader.mark();
        if !set::agrees(items.into_iter(), head, reader) {
            reader.back_to(place);
            self.clear();
            set::each(head, reader, |item| {
                self.insert(item);
            });
        }
    }
}

/// Containers of hash maps or sets, which have an order of their own.
macro_rules! holders {
    ($([$($bounds:tt)*] $Holder:ty: $Held:ident;)*) => {$(
        impl<$($bounds)*> Sorted for $Holder
        where
            Self: State,
            $Held: Sorted,
        {
            fn put_sorted<'v>(&'v self, head: &mut [u8], writer: &mut Writer<'_, 'v>) {
                writer.sorted(|writer| self.put(head, writer));
            }
        }

        impl<'de, $($bounds)*> SetSorted<'de> for $Holder
        where
            Self: Restore<'de>,
            $Held: Sorted,
        {
            fn set_sorted(&mut self, head: &'de [u8], reader: &mut Reader<'de>) {
                self.set(head, reader);
            }
        }
    )*};
}

holders! {
    [T] Option<T>: T;
    [T] Box<T>: T;
    [T] Vec<T>: T;
    [T] VecDeque<T>: T;
    [T, const N: usize] [T; N]: T;
    [K, V] BTreeMap<K, V>: V;
}

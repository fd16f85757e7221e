//! `BTreeSet` and `HashSet`: a length, and a run of heads in the set's own order.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;
#[cfg(feature = "std")]
use std::collections::HashSet;
#[cfg(feature = "std")]
use std::hash::{BuildHasher, Hash};

use super::agree::Scratch;
use super::convert::refused_before;
#[cfg(feature = "std")]
use super::order;
use super::tree::Growing;
use super::{list, map};
use crate::protocol::decode::{Checker, Reader};
use crate::protocol::encode::{Size, Writer};
use crate::protocol::layout::{LENGTH, stride};
use crate::protocol::parts::assign;
#[cfg(feature = "std")]
use crate::protocol::room::Table;
use crate::protocol::room::{self, Tree};
use crate::schema::{Kind, Link, Schema};
use crate::sharing::share_through;
use crate::state::{Restore, State};

fn schema<T: State>() -> &'static Schema {
    const { &Schema::leaf(Kind::Set(Link::To(T::schema)), LENGTH) }
}

#[cfg(feature = "std")]
fn table_schema<T: State>() -> &'static Schema {
    const { &Schema::leaf(Kind::Set(Link::To(T::schema)), LENGTH).hashed() }
}

/// Whether the elements are those of the image, in order; if so, the reader is moved past them.
#[inline]
pub(super) fn agrees<'a, T: State + 'a>(
    items: impl ExactSizeIterator<Item = &'a T>,
    head: &[u8],
    reader: &mut Reader<'_>,
) -> bool {
    let Some(run) = list::run::<T>(head, reader) else { return false };
    let mut scratch = Scratch::new(reader);
    let heads = run.chunks_exact(stride(T::HEAD));
    heads.len() == items.len() && items.zip(heads).all(|(item, head)| scratch.agrees(item, &head[..T::HEAD], reader))
}

/// Builds the elements.
#[cfg(any(feature = "std", feature = "indexmap"))]
#[inline]
pub(super) fn each<'de, T: Restore<'de>>(head: &[u8], reader: &mut Reader<'de>, mut take: impl FnMut(T)) -> Option<()> {
    for head in list::run::<T>(head, reader)?.chunks_exact(stride(T::HEAD)) {
        take(T::get(&head[..T::HEAD], reader)?);
    }
    Some(())
}

/// Writes the items of a hash set: in its own order or, within a sorted field, in one that equal sets share.
#[cfg(feature = "std")]
#[inline]
fn put_table<'a, T: State + 'a>(
    items: impl ExactSizeIterator<Item = &'a T>,
    head: &mut [u8],
    writer: &mut Writer<'_, 'a>,
) {
    if let Some(depth) = writer.is_sorted() {
        list::put_each::<_, Table>(order::by_key(items, |&item| item, depth).into_iter(), head, writer);
    } else {
        list::put_each::<_, Table>(items, head, writer);
    }
}

fn refill_tree<'de, T: Restore<'de> + Ord>(set: &mut BTreeSet<T>, head: &'de [u8], reader: &mut Reader<'de>) {
    set.clear();
    assign(set, Restore::get(head, reader));
}

#[cfg(feature = "std")]
fn refill_table<'de, T: Restore<'de> + Eq + Hash, S: BuildHasher>(
    set: &mut HashSet<T, S>,
    head: &'de [u8],
    reader: &mut Reader<'de>,
) {
    set.clear();
    each(head, reader, |item| {
        set.insert(item);
    });
}

macro_rules! sets {
    (
        $set:ident, $room:ident, [$($bound:tt)*], [$($hasher:ident: $build:ident)?], $empty:expr, $schema:ident,
        $put:expr, $insert:expr, $done:expr, $refill:expr, $drain:expr, $fill:expr
    ) => {
        impl<T: State $(, $hasher: Send + Sync + 'static)?> State for $set<T $(, $hasher)?> {
            const HEAD: usize = LENGTH;
            share_through!(T);

            fn schema() -> &'static Schema {
                $schema::<T>()
            }

            #[inline]
            fn size(&self, size: &mut Size) {
                list::size(self.iter(), size);
            }

            #[inline]
            fn put<'v>(&'v self, head: &mut [u8], writer: &mut Writer<'_, 'v>) {
                $put(self.iter(), head, writer);
            }
        }

        impl<'de, T $(, $hasher)?> Restore<'de> for $set<T $(, $hasher)?>
        where
            T: Restore<'de> + $($bound)*,
            $($hasher: $build + Default + Send + Sync + 'static,)?
        {
            const SWAPPED: bool = T::WHOLE;

            #[inline]
            fn check(head: &[u8], checker: &mut Checker<'_>) -> bool {
                list::check::<T, $room>(head, checker)
            }

            #[inline]
            fn get(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Self> {
                let run = list::run::<T>(head, reader)?;
                let (is_wide, len) = (const { room::is_wide::<T, $room>(T::HEAD) }, run.len() / stride(T::HEAD));
                let mut set = $empty(if is_wide { room::at_once::<T>(len) } else { len });
                let mut heads = run.chunks_exact(stride(T::HEAD));
                while let Some(mut head) = heads.next() {
                    match map::whole(&mut head, reader) {
                        Some(item) => $insert(&mut set, item),
                        None => return refused_before(heads.len(), len, reader),
                    }
                }
                Some($done(set))
            }

            /// A set whose elements agree, in order, stays as it is; any other is filled again.
            fn set(&mut self, head: &'de [u8], reader: &mut Reader<'de>) {
                let place = reader.mark();
                if !agrees(self.iter(), head, reader) {
                    reader.back_to(place);
                    $refill(self, head, reader);
                }
            }

            /// Equal elements are exchanged in place, the others change owners.
            fn exchange_with(&mut self, other: &mut Self, reader: &mut Reader<'de>) {
                let (mut mine, mut others) = (Vec::with_capacity(other.len()), Vec::with_capacity(self.len()));
                for mut item in $drain(self) {
                    if let Some(mut new) = other.take(&item) {
                        item.exchange_with(&mut new, reader);
                        mine.push(item);
                        item = new;
                    }
                    others.push(item);
                }
                mine.extend($drain(other));
                $fill(self, mine);
                $fill(other, others);
            }
        }
    };
}

sets!(
    BTreeSet,
    Tree,
    [Ord],
    [],
    Growing::new,
    schema,
    list::put_each::<_, Tree>,
    Growing::insert,
    Growing::finish,
    refill_tree,
    core::mem::take,
    |set: &mut Self, items: Vec<T>| { *set = items.into_iter().collect() }
);
#[cfg(feature = "std")]
sets!(
    HashSet,
    Table,
    [Eq + Hash],
    [S: BuildHasher],
    |len| Self::with_capacity_and_hasher(len, S::default()),
    table_schema,
    put_table,
    |set: &mut Self, item| {
        set.insert(item);
    },
    |set| set,
    refill_table,
    |set: &mut Self| set.drain().collect::<Vec<_>>(),
    |set: &mut Self, items: Vec<T>| set.extend(items)
);

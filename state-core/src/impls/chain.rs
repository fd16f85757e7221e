//! `BinaryHeap` and `LinkedList`, which are encoded as lists.

use alloc::collections::{BinaryHeap, LinkedList};
use alloc::vec::Vec;

use super::convert::refused_before;
use super::list;
use crate::protocol::decode::{Checker, Reader};
use crate::protocol::encode::{Size, Writer};
use crate::protocol::layout::{LENGTH, stride};
use crate::protocol::room::{Chain, Run};
use crate::schema::Schema;
use crate::sharing::share_through;
use crate::state::{Restore, State};

macro_rules! lists {
    ($($list:ident;)*) => {$(
        impl<T: State> State for $list<T> {
            const HEAD: usize = LENGTH;
            share_through!(T);

            fn schema() -> &'static Schema {
                list::schema::<T>()
            }

            #[inline]
            fn size(&self, size: &mut Size) {
                list::size(self.iter(), size);
            }

            #[inline]
            fn put<'v>(&'v self, head: &mut [u8], writer: &mut Writer<'_, 'v>) {
                list::put_each::<_, Run>(self.iter(), head, writer);
            }
        }
    )*};
}

lists! {
    BinaryHeap;
    LinkedList;
}

/// The elements are in the order of the heap's own array, which is kept: a restored heap equals the original in every
/// detail, but two heaps of equal elements may have different bytes.
impl<'de, T: Restore<'de> + Ord> Restore<'de> for BinaryHeap<T> {
    #[inline]
    fn check(head: &[u8], checker: &mut Checker<'_>) -> bool {
        list::check::<T, Run>(head, checker)
    }

    #[inline]
    fn get(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Self> {
        let mut items: Vec<T> = list::get(head, reader)?;
        // Their order may depend on what hooks do to them.
        reader.complete(&mut items)?;
        Some(Self::from(items))
    }

    #[inline]
    fn set(&mut self, head: &'de [u8], reader: &mut Reader<'de>) {
        let mut items = core::mem::take(self).into_vec();
        items.set(head, reader);
        *self = items.into();
    }

    fn exchange_with(&mut self, other: &mut Self, reader: &mut Reader<'de>) {
        let (mut items, mut others) = (core::mem::take(self).into_vec(), core::mem::take(other).into_vec());
        items.exchange_with(&mut others, reader);
        *self = items.into();
        *other = others.into();
    }

    fn settle(&mut self, reader: &mut Reader<'de>) -> Option<()> {
        let mut items = core::mem::take(self).into_vec();
        let settled = items.settle(reader);
        *self = items.into();
        settled
    }
}

impl<'de, T: Restore<'de>> Restore<'de> for LinkedList<T> {
    #[inline]
    fn check(head: &[u8], checker: &mut Checker<'_>) -> bool {
        list::check::<T, Chain>(head, checker)
    }

    #[inline]
    fn get(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Self> {
        let run = list::run::<T>(head, reader)?;
        let mut heads = run.chunks_exact(stride(T::HEAD));
        let (mut items, len) = (Self::new(), heads.len());
        while let Some(head) = heads.next() {
            match T::get(&head[..T::HEAD], reader) {
                Some(item) => items.push_back(item),
                None if T::POINTER && reader.left_out() => {}
                None => return refused_before(heads.len(), len, reader),
            }
        }
        Some(items)
    }

    #[inline]
    fn set(&mut self, head: &'de [u8], reader: &mut Reader<'de>) {
        let Some(run) = list::run::<T>(head, reader) else { return };
        let mut heads = run.chunks_exact(stride(T::HEAD));
        if self.len() > heads.len() {
            self.split_off(heads.len());
        }
        // `zip` advances the items first, so no head is lost when they end.
        for (item, head) in self.iter_mut().zip(heads.by_ref()) {
            item.set(&head[..T::HEAD], reader);
        }
        for head in heads {
            match T::get(&head[..T::HEAD], reader) {
                Some(item) => self.push_back(item),
                None => return,
            }
        }
    }

    fn exchange_with(&mut self, other: &mut Self, reader: &mut Reader<'de>) {
        let common = self.len().min(other.len());
        for (item, other) in self.iter_mut().zip(other.iter_mut()) {
            item.exchange_with(other, reader);
        }
        let (mut rest, mut others) = (self.split_off(common), other.split_off(common));
        self.append(&mut others);
        other.append(&mut rest);
    }

    fn settle(&mut self, reader: &mut Reader<'de>) -> Option<()> {
        list::settle_all(self.iter_mut(), reader)
    }
}

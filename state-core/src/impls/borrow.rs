//! `Cow`, and slices that are borrowed from the bytes. A `Cow` of text or bytes borrows; of others it owns.

use alloc::borrow::{Cow, ToOwned};

use super::{list, text};
use crate::decode::{Checker, Reader};
use crate::encode::{Size, Writer};
use crate::schema::Schema;
use crate::state::{Restore, State};

impl<B: State + ToOwned + ?Sized> State for Cow<'_, B> {
    const HEAD: usize = B::HEAD;
    const DYNAMIC: bool = B::DYNAMIC;

    fn schema() -> &'static Schema {
        B::schema()
    }

    #[inline(always)]
    fn size(&self, size: &mut Size) {
        B::size(self, size);
    }

    #[inline(always)]
    fn put(&self, head: &mut [u8], writer: &mut Writer<'_>) {
        B::put(self, head, writer);
    }
}

impl<'a, 'de: 'a> Restore<'de> for Cow<'a, str> {
    #[inline(always)]
    fn check(head: &[u8], checker: &mut Checker<'_>) -> bool {
        text::check(head, checker)
    }

    #[inline(always)]
    fn get(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Self> {
        text::get(head, reader).map(Self::Borrowed)
    }
}

/// Bytes need no alignment, so they can always stay where they are. Other elements are borrowed from raw arrays:
/// `#[state(bytes)]`.
impl<'a, 'de: 'a> Restore<'de> for &'a [u8] {
    #[inline(always)]
    fn check(head: &[u8], checker: &mut Checker<'_>) -> bool {
        list::check::<u8>(head, checker)
    }

    #[inline(always)]
    fn get(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Self> {
        list::run::<u8>(head, reader)
    }
}

impl<'a, 'de: 'a> Restore<'de> for Cow<'a, [u8]> {
    #[inline(always)]
    fn check(head: &[u8], checker: &mut Checker<'_>) -> bool {
        list::check::<u8>(head, checker)
    }

    #[inline(always)]
    fn get(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Self> {
        list::run::<u8>(head, reader).map(Self::Borrowed)
    }
}

//! The list and text of `arrayvec`: as `Vec` and `String`, except that longer ones are refused.

use arrayvec::{ArrayString, ArrayVec};

use crate::impls::grow::grow;
use crate::impls::list;
use crate::protocol::layout::{LENGTH, stride};
use crate::protocol::room::Run;
use crate::protocol::stack::stack;
use crate::schema::Schema;
use crate::sharing::Share;
use crate::state::{Checker, Reader, Restore, Size, State, Writer};

grow! {
    [T, const CAPACITY: usize] ArrayVec<T, CAPACITY>: T, CAPACITY, |_| ArrayVec::new(), share: T;
}

impl<const CAPACITY: usize> State for ArrayString<CAPACITY> {
    const HEAD: usize = LENGTH;
    const SHARE: Share<Self> = Share::THREADS;
    const STACK: usize = stack(size_of::<Self>(), 0);

    fn schema() -> &'static Schema {
        <str as State>::schema()
    }

    #[inline]
    fn size(&self, size: &mut Size) {
        self.as_str().size(size);
    }

    #[inline]
    fn put<'v>(&'v self, head: &mut [u8], writer: &mut Writer<'_, 'v>) {
        self.as_str().put(head, writer);
    }
}

impl<'de, const CAPACITY: usize> Restore<'de> for ArrayString<CAPACITY> {
    #[inline]
    fn check(head: &[u8], checker: &mut Checker<'_>) -> bool {
        let Some(len) = checker.length(head) else { return false };
        checker.is_up_to(CAPACITY, len) && checker.text(len)
    }

    #[inline]
    fn get(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Self> {
        let len = reader.length(head)?;
        Self::from(reader.text(len)?).ok()
    }
}

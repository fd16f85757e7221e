//! The buffers of `bytes`: as `Vec<u8>`.

use alloc::vec::Vec;

use bytes::{Bytes, BytesMut};

use crate::impls::list;
use crate::protocol::layout::LENGTH;
use crate::protocol::room::Run;
use crate::schema::Schema;
use crate::sharing::Share;
use crate::state::{Checker, Reader, Restore, Size, State, Writer};

macro_rules! buffer {
    ($($ty:ident: $from:expr, $set:expr;)*) => {$(
        impl State for $ty {
            const HEAD: usize = LENGTH;
            const SHARE: Share<Self> = Share::THREADS;

            fn schema() -> &'static Schema {
                <[u8] as State>::schema()
            }

            #[inline]
            fn size(&self, size: &mut Size) {
                (**self).size(size);
            }

            #[inline]
            fn put<'v>(&'v self, head: &mut [u8], writer: &mut Writer<'_, 'v>) {
                (**self).put(head, writer);
            }
        }

        impl<'de> Restore<'de> for $ty {
            #[inline]
            fn check(head: &[u8], checker: &mut Checker<'_>) -> bool {
                list::check::<u8, Run>(head, checker)
            }

            #[inline]
            fn get(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Self> {
                list::get::<u8>(head, reader).map($from)
            }

            #[inline]
            fn set(&mut self, head: &'de [u8], reader: &mut Reader<'de>) {
                if let Some(run) = list::run::<u8>(head, reader) {
                    $set(self, run);
                }
            }
        }
    )*};
}

buffer! {
    // Its allocation may be shared, so it is never written to.
    Bytes: Bytes::from, |bytes: &mut Bytes, run: &[u8]| {
        if **bytes != *run {
            *bytes = Bytes::copy_from_slice(run);
        }
    };
    BytesMut: |bytes: Vec<u8>| BytesMut::from(&*bytes), |bytes: &mut BytesMut, run: &[u8]| {
        bytes.clear();
        bytes.extend_from_slice(run);
    };
}

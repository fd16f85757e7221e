//! Atomics, which are encoded as their values, each loaded once. The loads of several are not ordered: a program that
//! needs them to be consistent keeps other threads from storing meanwhile.

use core::sync::atomic::{self, Ordering};

use crate::protocol::decode::{Checker, Reader};
use crate::protocol::encode::{Size, Writer};
use crate::schema::Schema;
use crate::sharing::Share;
use crate::state::{Restore, State};

macro_rules! atomics {
    ($($width:literal: $($atomic:ident $of:ident)*;)*) => {$($(
        #[cfg(target_has_atomic = $width)]
        impl State for atomic::$atomic {
            const HEAD: usize = <$of>::HEAD;
            const DYNAMIC: bool = false;
            const CELL: bool = true;
            const SHARE: Share<Self> = Share::THREADS;

            fn schema() -> &'static Schema {
                <$of>::schema()
            }

            #[inline]
            fn size(&self, _: &mut Size) {}

            #[inline]
            fn put(&self, head: &mut [u8], writer: &mut Writer<'_, '_>) {
                writer.copied(&self.load(Ordering::Relaxed), head);
            }
        }

        #[cfg(target_has_atomic = $width)]
        impl<'de> Restore<'de> for atomic::$atomic {
            const CHECKED: bool = <$of>::CHECKED;

            #[inline]
            fn check(head: &[u8], checker: &mut Checker<'_>) -> bool {
                <$of>::check(head, checker)
            }

            #[inline]
            fn get(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Self> {
                <$of>::get(head, reader).map(Self::new)
            }

            fn enter(&self, head: &'de [u8], reader: &mut Reader<'de>, _: bool) -> bool {
                <$of>::get(head, reader).map(|value| self.store(value, Ordering::Relaxed)).is_some()
            }

            fn trades_in(&self, _: &Self) -> bool {
                true
            }

            fn trade_in(&self, other: &Self, _: &mut Reader<'de>) {
                other.store(self.swap(other.load(Ordering::Relaxed), Ordering::Relaxed), Ordering::Relaxed);
            }
        }
    )*)*};
}

atomics! {
    "8": AtomicBool bool AtomicU8 u8 AtomicI8 i8;
    "16": AtomicU16 u16 AtomicI16 i16;
    "32": AtomicU32 u32 AtomicI32 i32;
    "64": AtomicU64 u64 AtomicI64 i64;
    "ptr": AtomicUsize usize AtomicIsize isize;
}

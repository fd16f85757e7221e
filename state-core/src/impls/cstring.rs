//! `CStr` and `CString`, and pointers to the first, which are encoded as a list of bytes, none of them zero.

use alloc::ffi::CString;
use core::ffi::CStr;

use super::list;
use super::pointee::immutable_pointee;
use crate::protocol::decode::{Checker, Reader};
use crate::protocol::encode::{Size, Writer};
use crate::protocol::layout::LENGTH;
use crate::protocol::parts::assign;
use crate::schema::{Kind, Link, Schema};
use crate::sharing::Share;
use crate::state::{Restore, State};

macro_rules! written {
    ($($ty:ty;)*) => {$(
        impl State for $ty {
            const HEAD: usize = LENGTH;
            const SHARE: Share<Self> = Share::THREADS;

            fn schema() -> &'static Schema {
                list::schema::<u8>()
            }

            #[inline]
            fn size(&self, size: &mut Size) {
                self.to_bytes().size(size);
            }

            #[inline]
            fn put<'v>(&'v self, head: &mut [u8], writer: &mut Writer<'_, 'v>) {
                self.to_bytes().put(head, writer);
            }
        }
    )*};
}

written! {
    CStr;
    CString;
}

fn check(head: &[u8], checker: &mut Checker<'_>) -> bool {
    let Some(len) = checker.length(head) else { return false };
    checker.run(len, 1).is_some_and(|bytes| checker.is_c_string(bytes))
}

fn get(head: &[u8], reader: &mut Reader<'_>) -> Option<CString> {
    CString::new(list::run::<u8>(head, reader)?).ok()
}

impl<'de> Restore<'de> for CString {
    #[inline]
    fn check(head: &[u8], checker: &mut Checker<'_>) -> bool {
        check(head, checker)
    }

    #[inline]
    fn get(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Self> {
        get(head, reader)
    }

    #[inline]
    fn set(&mut self, head: &'de [u8], reader: &mut Reader<'de>) {
        match list::run::<u8>(head, reader) {
            Some(bytes) if bytes != self.to_bytes() => assign(self, Self::new(bytes).ok()),
            _ => {}
        }
    }

    fn exchange_with(&mut self, other: &mut Self, _: &mut Reader<'de>) {
        if self != other {
            core::mem::swap(self, other);
        }
    }
}

immutable_pointee!(CStr, const { &Schema::leaf(Kind::List(Link::To(<u8 as State>::schema)), LENGTH).shared(P::key) }, check, get, |a, b| a == b, c"";);

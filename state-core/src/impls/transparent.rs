//! Wrappers, which are encoded as the value in them, and `PhantomData`, which is encoded as nothing.

use core::cmp::Reverse;
use core::marker::PhantomData;
use core::num::{Saturating, Wrapping};

use crate::protocol::decode::{Checker, Reader};
use crate::protocol::encode::{Size, Writer};
use crate::protocol::stack::stack;
use crate::schema::{Kind, Schema};
use crate::sharing::share_through;
use crate::state::{Restore, State};

macro_rules! wrappers {
    ($($wrapper:ident;)*) => {$(
        impl<T: State> State for $wrapper<T> {
            const HEAD: usize = T::HEAD;
            share_through!(T);
            const DYNAMIC: bool = T::DYNAMIC;
            const STACK: usize = stack(size_of::<Self>(), T::STACK);

            fn schema() -> &'static Schema {
                T::schema()
            }

            #[inline]
            fn size(&self, size: &mut Size) {
                self.0.size(size);
            }

            #[inline]
            fn put<'v>(&'v self, head: &mut [u8], writer: &mut Writer<'_, 'v>) {
                self.0.put(head, writer);
            }
        }

        impl<'de, T: Restore<'de>> Restore<'de> for $wrapper<T> {
            const CHECKED: bool = T::CHECKED;

            #[inline]
            fn check(head: &[u8], checker: &mut Checker<'_>) -> bool {
                T::check(head, checker)
            }

            #[inline]
            fn get(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Self> {
                T::get(head, reader).map($wrapper)
            }

            #[inline]
            fn set(&mut self, head: &'de [u8], reader: &mut Reader<'de>) {
                self.0.set(head, reader);
            }

            #[inline]
            fn exchange_with(&mut self, other: &mut Self, reader: &mut Reader<'de>) {
                self.0.exchange_with(&mut other.0, reader);
            }

            #[inline]
            fn settle(&mut self, reader: &mut Reader<'de>) -> Option<()> {
                self.0.settle(reader)
            }
        }
    )*};
}

wrappers! {
    Wrapping;
    Saturating;
    Reverse;
}

/// References can be saved; restoring what they refer to is not up to them.
impl<T: State + ?Sized> State for &T {
    const HEAD: usize = T::HEAD;
    const DYNAMIC: bool = T::DYNAMIC;
    const STACK: usize = stack(size_of::<Self>(), T::STACK);

    fn schema() -> &'static Schema {
        T::schema()
    }

    #[inline]
    fn size(&self, size: &mut Size) {
        T::size(self, size);
    }

    #[inline]
    fn put<'v>(&'v self, head: &mut [u8], writer: &mut Writer<'_, 'v>) {
        T::put(self, head, writer);
    }
}

impl<T: ?Sized> State for PhantomData<T> {
    const HEAD: usize = 0;
    const DYNAMIC: bool = false;

    fn schema() -> &'static Schema {
        const { &Schema::leaf(Kind::Unit, 0) }
    }

    #[inline]
    fn size(&self, _: &mut Size) {}

    #[inline]
    fn put(&self, _: &mut [u8], _: &mut Writer<'_, '_>) {}
}

impl<'de, T: ?Sized> Restore<'de> for PhantomData<T> {
    const CHECKED: bool = false;

    #[inline]
    fn check(_: &[u8], _: &mut Checker<'_>) -> bool {
        true
    }

    #[inline]
    fn get(_: &'de [u8], _: &mut Reader<'de>) -> Option<Self> {
        Some(Self)
    }
}

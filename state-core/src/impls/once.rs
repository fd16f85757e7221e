//! `OnceCell` and `OnceLock`, which are encoded as options.

use core::cell::OnceCell;
#[cfg(feature = "std")]
use std::sync::OnceLock;

use super::option;
use crate::protocol::decode::{Checker, Reader};
use crate::protocol::encode::{Size, Writer};
use crate::protocol::parts::assign;
use crate::protocol::stack::stack;
use crate::schema::Schema;
use crate::sharing::share_through;
use crate::state::{Restore, State};

macro_rules! once {
    ($($cell:ident;)*) => {$(
        impl<T: State> State for $cell<T> {
            const HEAD: usize = <Option<T>>::HEAD;
            share_through!(T);
            const DYNAMIC: bool = <Option<T>>::DYNAMIC;
            const STACK: usize = stack(size_of::<Self>(), <Option<T>>::STACK);

            fn schema() -> &'static Schema {
                <Option<T>>::schema()
            }

            #[inline]
            fn size(&self, size: &mut Size) {
                self.get().size(size);
            }

            #[inline]
            fn put(&self, head: &mut [u8], writer: &mut Writer<'_, '_>) {
                writer.copied(&self.get(), head);
            }
        }

        impl<'de, T: Restore<'de>> Restore<'de> for $cell<T> {
            const CHECKED: bool = <Option<T>>::CHECKED;

            #[inline]
            fn check(head: &[u8], checker: &mut Checker<'_>) -> bool {
                <Option<T>>::check(head, checker)
            }

            #[inline]
            fn get(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Self> {
                <Option<T>>::get(head, reader).map(|value| value.map_or_else(Self::new, Self::from))
            }

            #[inline]
            fn set(&mut self, head: &'de [u8], reader: &mut Reader<'de>) {
                match (self.get_mut(), head) {
                    (Some(value), [1, inline @ ..]) => {
                        if let Some(head) = option::place::<T>(inline, reader) {
                            value.set(head, reader);
                        }
                    }
                    _ => assign(self, <Self as Restore<'de>>::get(head, reader)),
                }
            }

            fn exchange_with(&mut self, other: &mut Self, reader: &mut Reader<'de>) {
                match (self.get_mut(), other.get_mut()) {
                    (Some(value), Some(other)) => value.exchange_with(other, reader),
                    _ => core::mem::swap(self, other),
                }
            }

            fn settle(&mut self, reader: &mut Reader<'de>) -> Option<()> {
                self.get_mut().map_or(Some(()), |value| value.settle(reader))
            }
        }
    )*};
}

once! {
    OnceCell;
}
#[cfg(feature = "std")]
once! {
    OnceLock;
}

//! `Box`, `Rc` and `Arc`: nothing in the head, the value's head in the tail. Shared values travel as their values.

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::sync::Arc;

use super::room::{self, Run, SharedValue};
use crate::protocol::decode::{Checker, Reader};
use crate::protocol::encode::{Size, Writer};
use crate::protocol::stack::boxed_weight;
use crate::schema::{Kind, Link, Schema};
use crate::state::{Restore, State};

macro_rules! pointers {
    ($($pointer:ident, $room:ident, $as_mut:expr;)*) => {$(
        impl<T: State> State for $pointer<T> {
            const HEAD: usize = 0;

            fn schema() -> &'static Schema {
                const { &Schema::leaf(Kind::Boxed(Link::To(T::schema)), 0) }
            }

            #[inline]
            fn size(&self, size: &mut Size) {
                size.run(1, T::HEAD);
                if T::DYNAMIC {
                    size.level::<T>(boxed_weight::<T>(), |size| T::size(self, size));
                }
            }

            #[inline]
            fn put<'v>(&'v self, _: &mut [u8], writer: &mut Writer<'_, 'v>) {
                if let Some(head) = writer.run(1, T::HEAD) {
                    let (head, filler) = head.split_at_mut(T::HEAD);
                    filler.fill(0);
                    if T::DYNAMIC {
                        writer.level(boxed_weight::<T>(), |writer| T::put(self, head, writer));
                    } else {
                        T::put(self, head, writer);
                    }
                }
            }
        }

        impl<'de, T: Restore<'de>> Restore<'de> for $pointer<T> {
            #[inline]
            fn check(_: &[u8], checker: &mut Checker<'_>) -> bool {
                let Some(run) = checker.run(1, T::HEAD) else { return false };
                if const { room::is_wide::<T, $room>(T::HEAD) } {
                    room::count::<T, $room>(1, checker);
                }
                let (head, filler) = run.split_at(T::HEAD);
                if filler.iter().any(|&byte| byte != 0) {
                    return false;
                }
                if T::DYNAMIC {
                    checker.level::<T>(boxed_weight::<T>(), |checker| T::check(head, checker))
                } else {
                    !T::CHECKED || T::check(head, checker)
                }
            }

            #[inline]
            fn get(_: &'de [u8], reader: &mut Reader<'de>) -> Option<Self> {
                let run = reader.run(1, T::HEAD)?;
                if const { T::BOXED.is_some() } {
                    return T::get_boxed(&run[..T::HEAD], reader).map(Self::from);
                }
                T::get(&run[..T::HEAD], reader).map(Self::new)
            }

            #[inline]
            fn set(&mut self, head: &'de [u8], reader: &mut Reader<'de>) {
                let as_mut: fn(&mut Self) -> Option<&mut T> = $as_mut;
                match as_mut(self) {
                    Some(value) => {
                        if let Some(run) = reader.run(1, T::HEAD) {
                            value.set(&run[..T::HEAD], reader);
                        }
                    }
                    // Others see the old value and keep it.
                    None => {
                        if let Some(value) = Self::get(head, reader) {
                            *self = value;
                        }
                    }
                }
            }

            fn exchange(&mut self, other: &mut Self) {
                let as_mut: fn(&mut Self) -> Option<&mut T> = $as_mut;
                match (as_mut(self), as_mut(other)) {
                    (Some(value), Some(other)) => value.exchange(other),
                    // Others see the old value and keep it.
                    _ => core::mem::swap(self, other),
                }
            }

            fn settle(&mut self, reader: &mut Reader<'de>) -> Option<()> {
                let as_mut: fn(&mut Self) -> Option<&mut T> = $as_mut;
                as_mut(self).map_or(Some(()), |value| value.settle(reader))
            }
        }
    )*};
}

pointers! {
    Box, Run, |this| Some(this);
    Rc, SharedValue, Rc::get_mut;
    Arc, SharedValue, Arc::get_mut;
}

//! `Box`, `Rc` and `Arc`, of whatever can be behind them. A sized value has nothing in the head of the pointer and its
//! own head in the tail; shared values travel as their values. What has no size and cannot be changed, as text and
//! paths, travels as it does elsewhere.

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::sync::Arc;

use super::room;
use crate::__private::assign;
use crate::pointee::{Pointee, Pointer, RestorePointee};
use crate::protocol::decode::{Checker, Reader};
use crate::protocol::encode::{Size, Writer};
use crate::protocol::memory::{self, Mode};
use crate::protocol::stack::{boxed_weight, is_boxed_level};
use crate::schema::Schema;
use crate::state::{Restore, State};

macro_rules! pointers {
    ($($pointer:ident)*) => {$(
        impl<T: Pointee + ?Sized> State for $pointer<T> {
            const HEAD: usize = T::POINTER;

            fn schema() -> &'static Schema {
                T::pointer_schema()
            }

            #[inline]
            fn size(&self, size: &mut Size) {
                T::size_behind(self, size);
            }

            #[inline]
            fn put<'v>(&'v self, head: &mut [u8], writer: &mut Writer<'_, 'v>) {
                T::put_behind(self, head, writer);
            }
        }

        impl<'de, T: RestorePointee<'de> + ?Sized> Restore<'de> for $pointer<T> {
            #[inline]
            fn check(head: &[u8], checker: &mut Checker<'_>) -> bool {
                T::check_behind::<Self>(head, checker)
            }

            #[inline]
            fn get(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Self> {
                T::get_behind(head, reader)
            }

            #[inline]
            fn set(&mut self, head: &'de [u8], reader: &mut Reader<'de>) {
                T::set_behind(self, head, reader);
            }

            fn exchange(&mut self, other: &mut Self) {
                T::exchange_behind(self, other);
            }

            fn settle(&mut self, reader: &mut Reader<'de>) -> Option<()> {
                T::settle_behind(self, reader)
            }
        }
    )*};
}

pointers!(Box Rc Arc);

#[diagnostic::do_not_recommend]
impl<T: State> Pointee for T {
    const POINTER: usize = 0;

    fn pointer_schema() -> &'static Schema {
        const { &Schema::boxed(T::schema) }
    }

    #[inline]
    fn size_behind(&self, size: &mut Size) {
        size.run(1, T::HEAD);
        if is_boxed_level::<T>() {
            size.level::<T>(boxed_weight::<T>(), |size| T::size(self, size));
        }
    }

    #[inline]
    fn put_behind<'v>(&'v self, _: &mut [u8], writer: &mut Writer<'_, 'v>) {
        if let Some(head) = writer.run(1, T::HEAD) {
            let (head, filler) = head.split_at_mut(T::HEAD);
            filler.fill(0);
            if is_boxed_level::<T>() {
                writer.level(boxed_weight::<T>(), |writer| T::put(self, head, writer));
            } else {
                T::put(self, head, writer);
            }
        }
    }
}

#[diagnostic::do_not_recommend]
impl<'de, T: Restore<'de>> RestorePointee<'de> for T {
    #[inline]
    fn check_behind<P: Pointer<T>>(_: &[u8], checker: &mut Checker<'_>) -> bool {
        let Some(run) = checker.run(1, T::HEAD) else { return false };
        if const { room::is_wide::<T, P::Value>(T::HEAD) } {
            room::count::<T, P::Value>(1, checker);
        }
        let (head, filler) = run.split_at(T::HEAD);
        if filler.iter().any(|&byte| byte != 0) {
            return false;
        }
        if is_boxed_level::<T>() {
            checker.level::<T>(boxed_weight::<T>(), |checker| T::check(head, checker))
        } else {
            !T::CHECKED || T::check(head, checker)
        }
    }

    #[inline]
    fn get_behind<P: Pointer<T>>(_: &'de [u8], reader: &mut Reader<'de>) -> Option<P> {
        let run = reader.run(1, T::HEAD)?;
        build(&run[..T::HEAD], reader)
    }

    #[inline]
    fn set_behind<P: Pointer<T>>(pointer: &mut P, head: &'de [u8], reader: &mut Reader<'de>) {
        match pointer.unique() {
            Some(value) => {
                if let Some(run) = reader.run(1, T::HEAD) {
                    value.set(&run[..T::HEAD], reader);
                }
            }
            // Others see the old value and keep it.
            None => assign(pointer, T::get_behind(head, reader)),
        }
    }

    fn exchange_behind<P: Pointer<T>>(pointer: &mut P, other: &mut P) {
        match (pointer.unique(), other.unique()) {
            (Some(value), Some(other)) => value.exchange(other),
            // Others see the old value and keep it.
            _ => core::mem::swap(pointer, other),
        }
    }

    fn settle_behind<P: Pointer<T>>(pointer: &mut P, reader: &mut Reader<'de>) -> Option<()> {
        pointer.unique().map_or(Some(()), |value| value.settle(reader))
    }
}

/// Builds a value behind its pointer.
#[inline]
pub(crate) fn build<'de, T: Restore<'de>, P: Pointer<T>>(head: &'de [u8], reader: &mut Reader<'de>) -> Option<P> {
    if const { T::BOXED.is_some() } {
        return T::get_boxed(head, reader).map(P::made);
    }
    if const { memory::run_mode(&T::IMAGE, T::HEAD) as u8 != Mode::Apart as u8 } {
        if let Some(value) = memory::boxed(head, &T::IMAGE) {
            return Some(P::made(value));
        }
    }
    get_by_stack(head, reader)
}

/// Builds a value and moves it behind its pointer. Apart, because where nothing is optimised a frame has room for the
/// value even if this is never called.
#[inline]
fn get_by_stack<'de, T: Restore<'de>, P: Pointer<T>>(head: &'de [u8], reader: &mut Reader<'de>) -> Option<P> {
    T::get(head, reader).map(P::made)
}

/// The pointers to a type without a size that has a state of its own: they write what it does.
macro_rules! unsized_pointee {
    ($([$($param:ident: $bound:ident)?] $ty:ty)*) => {$(
        impl$(<$param: $bound>)? crate::pointee::Pointee for $ty {
            const POINTER: usize = <Self as crate::state::State>::HEAD;

            fn pointer_schema() -> &'static crate::schema::Schema {
                <Self as crate::state::State>::schema()
            }

            #[inline]
            fn size_behind(&self, size: &mut crate::protocol::encode::Size) {
                crate::state::State::size(self, size);
            }

            #[inline]
            fn put_behind<'v>(&'v self, head: &mut [u8], writer: &mut crate::protocol::encode::Writer<'_, 'v>) {
                crate::state::State::put(self, head, writer);
            }
        }
    )*};
}

/// The same of text and the like, which cannot be changed in place: it is kept where it is equal, and made anew where
/// it is not. `$made` is what an image holds, and `$same` whether two are equal.
macro_rules! immutable_pointee {
    ($($ty:ty, $check:expr, $made:expr, $same:expr;)*) => {$(
        super::pointer::unsized_pointee!([] $ty);

        impl<'de> crate::pointee::RestorePointee<'de> for $ty {
            #[inline]
            fn check_behind<P: crate::pointee::Pointer<Self>>(
                head: &[u8],
                checker: &mut crate::protocol::decode::Checker<'_>,
            ) -> bool {
                $check(head, checker)
            }

            #[inline]
            fn get_behind<P: crate::pointee::Pointer<Self>>(
                head: &'de [u8],
                reader: &mut crate::protocol::decode::Reader<'de>,
            ) -> Option<P> {
                $made(head, reader).map(P::made)
            }

            #[inline]
            fn set_behind<P: crate::pointee::Pointer<Self>>(
                pointer: &mut P,
                head: &'de [u8],
                reader: &mut crate::protocol::decode::Reader<'de>,
            ) {
                let same: fn(&Self, &Self) -> bool = $same;
                if let Some(made) = $made(head, reader).filter(|made| !same(pointer, made)) {
                    *pointer = P::made(made);
                }
            }

            fn exchange_behind<P: crate::pointee::Pointer<Self>>(pointer: &mut P, other: &mut P) {
                let same: fn(&Self, &Self) -> bool = $same;
                if !same(pointer, other) {
                    core::mem::swap(pointer, other);
                }
            }
        }
    )*};
}

pub(super) use {immutable_pointee, unsized_pointee};

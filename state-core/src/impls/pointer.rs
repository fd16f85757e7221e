//! `Box`, `Rc` and `Arc` to all types that they can point to. The head of a pointer to a sized value is empty, and the
//! value's own head is in the tail; shared values are encoded as their values. Unsized values that cannot be changed,
//! such as text and paths, are encoded as elsewhere. If references are numbered, a record before the value says which
//! object a shared pointer leads to.

use alloc::boxed::Box;
use alloc::rc::{self, Rc};
use alloc::sync::{self, Arc};

use crate::pointee::{Early, Pointee, Pointer, RestorePointee};
use crate::protocol::decode::{Checker, Reader};
use crate::protocol::encode::{Size, Writer};
use crate::protocol::memory::{self, Mode};
use crate::protocol::parts::assign;
use crate::protocol::room;
use crate::protocol::stack::{boxed_weight, is_boxed_level};
use crate::schema::fingerprint::identity;
use crate::schema::{Kind, Link, Schema};
use crate::sharing::{self, Erasure, Share, Shared, SharedPointer, Through};
use crate::state::{Restore, State};

macro_rules! pointers {
    ($($pointer:ident $(, $shared:ident $sharing:ident $doc:literal)?;)*) => {$(
        $(#[doc = $doc])?
        impl<T: Pointee + ?Sized> State for $pointer<T> {
            const HEAD: usize = T::POINTER;
            $(const POINTER: bool = !$doc.is_empty();)?
            const SHARE: Share<Self> = Share::of(|visitor| T::SHARED.visit(&mut Through(visitor)));

            fn schema() -> &'static Schema {
                pointers!(@schema T $($shared)?)
            }

            #[inline]
            fn size(&self, size: &mut Size) {
                $(if size.follows() && !$sharing::count(self, size) {
                    return;
                })?
                T::size_behind(self, size);
            }

            #[inline]
            fn put<'v>(&'v self, head: &mut [u8], writer: &mut Writer<'_, 'v>) {
                $(if writer.tracker().is_some() {
                    return $sharing::put(self, head, writer, |head, writer| T::put_behind(self, head, writer));
                })?
                T::put_behind(self, head, writer);
            }
        }

        impl<'de, T: RestorePointee<'de> + ?Sized> Restore<'de> for $pointer<T> {
            #[inline]
            fn check(head: &[u8], checker: &mut Checker<'_>) -> bool {
                $(if checker.table().is_some() {
                    return $sharing::check::<Self>(head, checker, T::check_behind::<Self>);
                })?
                T::check_behind::<Self>(head, checker)
            }

            #[inline]
            fn get(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Self> {
                $(if reader.is_numbered() {
                    return $sharing::get(head, reader);
                })?
                T::get_behind(head, reader)
            }

            #[inline]
            fn set(&mut self, head: &'de [u8], reader: &mut Reader<'de>) {
                $(if reader.is_numbered() {
                    return $sharing::set(self, head, reader);
                })?
                T::set_behind(self, head, reader);
            }

            fn exchange_with(&mut self, other: &mut Self, reader: &mut Reader<'de>) {
                $(if reader.is_numbered() {
                    return $sharing::exchange(self, other, reader);
                })?
                T::exchange_behind(self, other, reader);
            }

            fn settle(&mut self, reader: &mut Reader<'de>) -> Option<()> {
                $(if reader.is_numbered() {
                    return $sharing::settle(self, reader);
                })?
                T::settle_behind(self, reader)
            }
        }
    )*};
    (@schema $of:ident shared) => { $of::shared_schema::<Self>() };
    (@schema $of:ident) => { $of::pointer_schema() };
}

pointers! {
    Box;
    Rc, shared sharing "Written as its value: where several share one, it is copied, unless the state is\n\
        [marked](crate::sharing) `#[state(shared)]`.";
    Arc, shared sharing "Written as its value: where several share one, it is copied, unless the state is\n\
        [marked](crate::sharing) `#[state(shared)]`.";
}

macro_rules! numbered {
    ($($pointer:ident, $weak:ident, $gone:ident;)*) => {$(
        impl<T: Pointee + ?Sized> SharedPointer for $pointer<T> {
            type Weak = $weak::Weak<T>;

            const PATCHES: bool = T::IS_CELL;

            fn address(&self) -> usize {
                Self::as_ptr(self).cast::<()>() as usize
            }

            fn is_unique(&self) -> bool {
                Self::strong_count(self) == 1 && Self::weak_count(self) == 0
            }

            fn references(&self) -> [usize; 2] {
                [Self::strong_count(self), Self::weak_count(self)]
            }

            fn downgrade(&self) -> Self::Weak {
                Self::downgrade(self)
            }

            fn upgrade(weak: &Self::Weak) -> Option<Self> {
                weak.upgrade()
            }

            fn erasure() -> Option<Erasure<Self>> {
                Erasure::ask(&T::SHARED)
            }

            fn early() -> bool {
                !T::is_late()
            }

            fn leads_to() -> &'static Schema {
                T::pointer_schema()
            }
        }

        impl<'de, T: RestorePointee<'de> + ?Sized> Shared<'de> for $pointer<T> {
            const ENTERS: bool = T::ENTERS;

            fn build(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Self> {
                T::get_behind(head, reader)
            }

            fn build_early(head: &'de [u8], reader: &mut Reader<'de>, class: u8) -> Option<Self> {
                T::early_behind(head, reader, class)
            }

            fn set_unique(&mut self, head: &'de [u8], reader: &mut Reader<'de>) -> bool {
                let is_unique = Self::get_mut(self).is_some();
                if is_unique {
                    T::set_behind(self, head, reader);
                }
                is_unique
            }

            fn enter(&self, head: &'de [u8], reader: &mut Reader<'de>, wait: bool) -> bool {
                T::enter_behind(self, head, reader, wait)
            }

            fn gone() -> Option<Self::Weak> {
                T::$gone()
            }

            fn swap_in(&self, other: &Self) -> bool {
                T::swap_behind(self, other)
            }

            fn exchange_values(&mut self, other: &mut Self, reader: &mut Reader<'de>) {
                T::exchange_behind(self, other, reader);
            }

            fn settle_value(&mut self, reader: &mut Reader<'de>) -> Option<()> {
                T::settle_behind(self, reader)
            }

            fn trades(&self, other: &Self) -> bool {
                T::trades_behind(self, other)
            }

            fn trade(&self, other: &Self, reader: &mut Reader<'de>) {
                T::trade_behind(self, other, reader);
            }

            fn settle_in(&self, reader: &mut Reader<'de>) -> Option<()> {
                T::settle_in_behind(self, reader)
            }
        }

        impl<'de, T: RestorePointee<'de> + ?Sized> Early<'de, T> for $pointer<T> {
            fn cyclic(make: impl FnOnce(&Self::Weak) -> T) -> Self
            where
                T: Sized,
            {
                Self::new_cyclic(make)
            }
        }

        /// A weak reference leads to an object that something else in the state owns; to any other object, it is
        /// restored as gone.
        impl<T: Pointee + ?Sized> State for $weak::Weak<T> {
            const HEAD: usize = sharing::RECORD;

            fn schema() -> &'static Schema {
                T::weak_schema::<$pointer<T>>()
            }

            #[inline]
            fn size(&self, size: &mut Size) {
                sharing::count_weak::<$pointer<T>>(self, size);
            }

            #[inline]
            fn put(&self, head: &mut [u8], writer: &mut Writer<'_, '_>) {
                sharing::put_weak::<$pointer<T>>(self, head, writer);
            }
        }

        impl<'de, T: RestorePointee<'de> + ?Sized> Restore<'de> for $weak::Weak<T> {
            #[inline]
            fn check(head: &[u8], checker: &mut Checker<'_>) -> bool {
                sharing::check_weak::<$pointer<T>>(head, checker)
            }

            #[inline]
            fn get(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Self> {
                sharing::weak::<$pointer<T>>(head, reader).or_else(<$pointer<T>>::gone)
            }

            fn settle(&mut self, reader: &mut Reader<'de>) -> Option<()> {
                sharing::settle_weak::<$pointer<T>>(self, reader);
                Some(())
            }
        }
    )*};
}

numbered! {
    Rc, rc, gone_rc;
    Arc, sync, gone_arc;
}

#[diagnostic::do_not_recommend]
impl<T: State> Pointee for T {
    const POINTER: usize = 0;

    fn pointer_schema() -> &'static Schema {
        const { &Schema::boxed(T::schema) }
    }

    fn shared_schema<P: SharedPointer>() -> &'static Schema {
        const { &Schema::leaf(Kind::Boxed(Link::To(T::schema)), 0).shared(P::key) }
    }

    fn weak_schema<P: SharedPointer>() -> &'static Schema {
        const { &Schema::weak(T::schema).shared(P::key) }
    }

    const SHARED: Share<Self> = T::SHARE;
    const IS_CELL: bool = T::CELL;

    fn is_late() -> bool {
        let is_copied = const { memory::run_mode(&T::IMAGE, T::HEAD) as u8 != Mode::Apart as u8 };
        T::BOXED.is_some() || is_copied || identity(T::schema()).refuses
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
            // Other pointers share the old value and keep it.
            None => assign(pointer, T::get_behind(head, reader)),
        }
    }

    fn early_behind<P: Early<'de, T>>(_: &'de [u8], reader: &mut Reader<'de>, class: u8) -> Option<P> {
        let run = reader.run(1, T::HEAD)?;
        Some(P::cyclic(|weak| {
            sharing::offer::<P>(weak, class, reader);
            // A type whose schema says that it can refuse is not built here, and everything else was checked.
            T::get(&run[..T::HEAD], reader).expect("a type that says in its schema whether it can be refused")
        }))
    }

    fn enter_behind(&self, _: &'de [u8], reader: &mut Reader<'de>, wait: bool) -> bool {
        let place = reader.mark();
        let entered = reader.run(1, T::HEAD).is_some_and(|run| T::enter(self, &run[..T::HEAD], reader, wait));
        if !entered {
            reader.back_to(place);
        }
        entered
    }

    fn swap_behind(&self, other: &Self) -> bool {
        T::swap_in(self, other)
    }

    fn trades_behind(&self, other: &Self) -> bool {
        T::trades_in(self, other)
    }

    fn trade_behind(&self, other: &Self, reader: &mut Reader<'de>) {
        T::trade_in(self, other, reader);
    }

    fn settle_in_behind(&self, reader: &mut Reader<'de>) -> Option<()> {
        T::settle_in(self, reader)
    }

    fn gone_rc() -> Option<rc::Weak<T>> {
        Some(rc::Weak::new())
    }

    fn gone_arc() -> Option<sync::Weak<T>> {
        Some(sync::Weak::new())
    }

    fn exchange_behind<P: Pointer<T>>(pointer: &mut P, other: &mut P, reader: &mut Reader<'de>) {
        match (pointer.unique(), other.unique()) {
            (Some(value), Some(other)) => value.exchange_with(other, reader),
            // Other pointers share the old value and keep it.
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

/// Builds a value and moves it behind its pointer. A separate function, because in unoptimised code the caller's frame
/// would have room for the value even if it is never built so.
#[inline]
fn get_by_stack<'de, T: Restore<'de>, P: Pointer<T>>(head: &'de [u8], reader: &mut Reader<'de>) -> Option<P> {
    T::get(head, reader).map(P::made)
}

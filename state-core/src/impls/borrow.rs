//! `Cow`, and borrowed bytes. A `Cow` borrows text, paths and elements that need no alignment, such as bytes; otherwise
//! it owns a restored value. Other elements can be borrowed from raw arrays: `#[state(bytes)]`.

use alloc::borrow::{Cow, ToOwned};
#[cfg(feature = "std")]
use std::ffi::OsStr;
#[cfg(feature = "std")]
use std::path::Path;

use super::{list, text};
use crate::protocol::decode::{Checker, Reader};
use crate::protocol::encode::{Size, Writer};
use crate::protocol::memory::{self, Mode};
use crate::protocol::parts::assign;
use crate::protocol::room::Run;
use crate::protocol::stack::stack;
use crate::schema::Schema;
use crate::state::{Restore, State};

impl<B: State + ToOwned + ?Sized> State for Cow<'_, B> {
    const HEAD: usize = B::HEAD;
    const DYNAMIC: bool = B::DYNAMIC;
    const STACK: usize = stack(size_of::<Self>(), B::STACK);

    fn schema() -> &'static Schema {
        B::schema()
    }

    #[inline]
    fn size(&self, size: &mut Size) {
        B::size(self, size);
    }

    #[inline]
    fn put<'v>(&'v self, head: &mut [u8], writer: &mut Writer<'_, 'v>) {
        B::put(self, head, writer);
    }
}

/// Types from which a `Cow` can be restored. A separate trait, because `Restore` requires sized types.
pub trait Lent<'de>: State + ToOwned {
    const CHECKED: bool = true;

    fn check(head: &[u8], checker: &mut Checker<'_>) -> bool;

    fn get<'a>(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Cow<'a, Self>>
    where
        'de: 'a,
        Self: 'a;

    /// Restores what a `Cow` owns; returns `false` if a borrow must replace it.
    #[inline]
    fn set(owned: &mut Self::Owned, head: &'de [u8], reader: &mut Reader<'de>) -> bool {
        let _ = (owned, head, reader);
        false
    }

    /// As [`Restore::exchange_with`], for two owned values.
    #[inline]
    fn exchange(owned: &mut Self::Owned, other: &mut Self::Owned, reader: &mut Reader<'de>) {
        let _ = reader;
        core::mem::swap(owned, other);
    }

    /// As [`Restore::settle`], for an owned value.
    #[inline]
    fn settle(owned: &mut Self::Owned, reader: &mut Reader<'de>) -> Option<()> {
        let _ = (owned, reader);
        Some(())
    }
}

impl<'a, 'de: 'a, B: Lent<'de> + ?Sized> Restore<'de> for Cow<'a, B> {
    const CHECKED: bool = B::CHECKED;

    #[inline]
    fn check(head: &[u8], checker: &mut Checker<'_>) -> bool {
        B::check(head, checker)
    }

    #[inline]
    fn get(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Self> {
        B::get(head, reader)
    }

    #[inline]
    fn set(&mut self, head: &'de [u8], reader: &mut Reader<'de>) {
        let done = match self {
            Cow::Owned(owned) => B::set(owned, head, reader),
            Cow::Borrowed(_) => false,
        };
        if !done {
            assign(self, B::get(head, reader));
        }
    }

    #[inline]
    fn exchange_with(&mut self, other: &mut Self, reader: &mut Reader<'de>) {
        match (self, other) {
            (Cow::Owned(owned), Cow::Owned(other)) => B::exchange(owned, other, reader),
            (this, other) => core::mem::swap(this, other),
        }
    }

    #[inline]
    fn settle(&mut self, reader: &mut Reader<'de>) -> Option<()> {
        match self {
            Cow::Owned(owned) => B::settle(owned, reader),
            Cow::Borrowed(_) => Some(()),
        }
    }
}

/// Turns a `Cow` that may borrow from the bytes into one that owns its value.
#[inline]
#[must_use]
pub fn owned<B: ToOwned + ?Sized>(cow: Cow<'_, B>) -> Cow<'static, B> {
    Cow::Owned(cow.into_owned())
}

/// Restores a `Cow` that cannot borrow from the bytes. An owned value is restored in place.
#[inline]
pub fn set_owned<'de, B: Lent<'de> + ?Sized>(cow: &mut Cow<'static, B>, head: &'de [u8], reader: &mut Reader<'de>) {
    if let Cow::Owned(value) = cow {
        if B::set(value, head, reader) {
            return;
        }
    }
    let Some(new) = B::get(head, reader) else { return };
    match (cow, new) {
        (Cow::Owned(value), Cow::Borrowed(new)) => new.clone_into(value),
        (cow, new) => *cow = owned(new),
    }
}

/// As [`Restore::exchange_with`].
#[inline]
pub fn exchange_owned<'de, B: Lent<'de> + ?Sized>(
    cow: &mut Cow<'static, B>,
    other: &mut Cow<'static, B>,
    reader: &mut Reader<'de>,
) {
    match (cow, other) {
        (Cow::Owned(owned), Cow::Owned(other)) => B::exchange(owned, other, reader),
        (cow, other) => core::mem::swap(cow, other),
    }
}

/// As [`Restore::settle`].
#[inline]
pub fn settle_owned<'de, B: Lent<'de> + ?Sized>(cow: &mut Cow<'static, B>, reader: &mut Reader<'de>) -> Option<()> {
    match cow {
        Cow::Owned(owned) => B::settle(owned, reader),
        Cow::Borrowed(_) => Some(()),
    }
}

macro_rules! text {
    ($($ty:ty, |$text:ident| $get:expr;)*) => {$(
        impl<'de> Lent<'de> for $ty {
            #[inline]
            fn check(head: &[u8], checker: &mut Checker<'_>) -> bool {
                text::check(head, checker)
            }

            #[inline]
            fn get<'a>(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Cow<'a, Self>>
            where
                'de: 'a,
            {
                let $text = text::get(head, reader)?;
                Some(Cow::Borrowed($get))
            }
        }
    )*};
}

text! {
    str, |text| text;
}
#[cfg(feature = "std")]
text! {
    Path, |text| Path::new(text);
    OsStr, |text| OsStr::new(text);
}

/// Whether elements can stay where their bytes are, at any address.
const fn stays<T: State>() -> bool {
    matches!(memory::run_mode(&T::IMAGE, T::HEAD), Mode::Same) && align_of::<T>() == 1
}

impl<'de, T: Restore<'de> + Clone> Lent<'de> for [T] {
    #[inline]
    fn check(head: &[u8], checker: &mut Checker<'_>) -> bool {
        list::check::<T, Run>(head, checker)
    }

    #[inline]
    fn get<'a>(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Cow<'a, Self>>
    where
        'de: 'a,
        Self: 'a,
    {
        if stays::<T>() {
            return memory::view(list::run::<T>(head, reader)?, &T::IMAGE).map(Cow::Borrowed);
        }
        list::get(head, reader).map(Cow::Owned)
    }

    #[inline]
    fn set(owned: &mut Self::Owned, head: &'de [u8], reader: &mut Reader<'de>) -> bool {
        if !stays::<T>() {
            owned.set(head, reader);
        }
        !stays::<T>()
    }

    #[inline]
    fn exchange(owned: &mut Self::Owned, other: &mut Self::Owned, reader: &mut Reader<'de>) {
        owned.exchange_with(other, reader);
    }

    #[inline]
    fn settle(owned: &mut Self::Owned, reader: &mut Reader<'de>) -> Option<()> {
        owned.settle(reader)
    }
}

impl<'de, T: Restore<'de> + Clone> Lent<'de> for T {
    const CHECKED: bool = <T as Restore<'de>>::CHECKED;

    #[inline]
    fn check(head: &[u8], checker: &mut Checker<'_>) -> bool {
        <T as Restore<'de>>::check(head, checker)
    }

    #[inline]
    fn get<'a>(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Cow<'a, Self>>
    where
        'de: 'a,
        Self: 'a,
    {
        <T as Restore<'de>>::get(head, reader).map(Cow::Owned)
    }

    #[inline]
    fn set(owned: &mut Self, head: &'de [u8], reader: &mut Reader<'de>) -> bool {
        <T as Restore<'de>>::set(owned, head, reader);
        true
    }

    #[inline]
    fn exchange(owned: &mut Self, other: &mut Self, reader: &mut Reader<'de>) {
        <T as Restore<'de>>::exchange_with(owned, other, reader);
    }

    #[inline]
    fn settle(owned: &mut Self, reader: &mut Reader<'de>) -> Option<()> {
        <T as Restore<'de>>::settle(owned, reader)
    }
}

impl<'a, 'de: 'a> Restore<'de> for &'a [u8] {
    #[inline]
    fn check(head: &[u8], checker: &mut Checker<'_>) -> bool {
        list::check::<u8, Run>(head, checker)
    }

    #[inline]
    fn get(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Self> {
        list::run::<u8>(head, reader)
    }
}

//! The shapes of fields that hold raw elements, and how each is made from their bytes.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::marker::PhantomData;

use super::Raw;
use crate::protocol::memory;

/// A single element.
#[doc(hidden)]
#[derive(Debug)]
pub struct One;

/// A slice of elements, owned in any way.
#[doc(hidden)]
#[derive(Debug)]
pub struct Many;

/// A slice of elements that outlives the bytes, in a type that could borrow from them.
#[doc(hidden)]
#[derive(Debug)]
pub struct Kept;

/// An array that may be absent.
#[doc(hidden)]
#[derive(Debug)]
pub struct Maybe<Shape>(PhantomData<Shape>);

/// A field that holds raw elements, in one of the shapes.
#[doc(hidden)]
pub trait Items<Shape, T> {
    const OPTIONAL: bool = false;
    const EXACTLY: Option<u64> = None;
    fn items(&self) -> Option<&[T]>;
}

/// A field that can be made from the bytes of its elements; `None` only for shapes that may be absent.
#[doc(hidden)]
pub trait Collect<'de, Shape, T, Kind>: Items<Shape, T> + Sized {
    /// Whether the field borrows the bytes, so that they must be aligned for its elements.
    const BORROWS: bool = false;
    fn collect(bytes: Option<&'de [u8]>) -> Option<Self>;

    #[inline]
    fn replace(&mut self, bytes: Option<&'de [u8]>) {
        if let Some(value) = Self::collect(bytes) {
            *self = value;
        }
    }

    /// Exchanges the elements with those of another field; allocations that are large enough stay.
    #[inline]
    fn exchange(&mut self, other: &mut Self) {
        core::mem::swap(self, other);
    }
}

impl<T> Items<One, T> for T {
    const EXACTLY: Option<u64> = Some(1);

    #[inline]
    fn items(&self) -> Option<&[T]> {
        Some(core::slice::from_ref(self))
    }
}

impl<'de, T: Raw<K>, K> Collect<'de, One, T, K> for T {
    #[inline]
    fn collect(bytes: Option<&'de [u8]>) -> Option<Self> {
        T::read(bytes?)
    }
}

impl<T, const N: usize> Items<Many, T> for [T; N] {
    const EXACTLY: Option<u64> = Some(N as u64);

    #[inline]
    fn items(&self) -> Option<&[T]> {
        Some(self)
    }
}

impl<'de, T: Raw<K>, K, const N: usize> Collect<'de, Many, T, K> for [T; N] {
    #[inline]
    fn collect(bytes: Option<&'de [u8]>) -> Option<Self> {
        let bytes = bytes?;
        let parts: [Option<T>; N] = core::array::from_fn(|at| T::read(bytes.get(at * T::SIZE..(at + 1) * T::SIZE)?));
        if parts.iter().any(Option::is_none) {
            return None;
        }
        Some(parts.map(|part| part.expect("just seen")))
    }

    #[inline]
    fn replace(&mut self, bytes: Option<&'de [u8]>) {
        if let Some(bytes) = bytes {
            overwrite::<T, K>(self, bytes);
        }
    }
}

macro_rules! many {
    ($($ty:ty;)*) => {$(
        impl<T> Items<Many, T> for $ty {
            #[inline]
            fn items(&self) -> Option<&[T]> {
                Some(self)
            }
        }
    )*};
}

many! {
    Vec<T>;
    Box<[T]>;
    Rc<[T]>;
    Arc<[T]>;
    &[T];
}

impl<T: Clone> Items<Many, T> for Cow<'_, [T]> {
    #[inline]
    fn items(&self) -> Option<&[T]> {
        Some(self)
    }
}

impl<'de, T: Raw<K>, K> Collect<'de, Many, T, K> for Vec<T> {
    #[inline]
    fn collect(bytes: Option<&'de [u8]>) -> Option<Self> {
        let mut items = Self::new();
        extend::<T, K>(&mut items, bytes?)?;
        Some(items)
    }

    #[inline]
    fn replace(&mut self, bytes: Option<&'de [u8]>) {
        self.clear();
        if let Some(bytes) = bytes {
            extend::<T, K>(self, bytes);
        }
    }

    fn exchange(&mut self, other: &mut Self) {
        let common = self.len().min(other.len());
        self[..common].swap_with_slice(&mut other[..common]);
        if self.len() > common {
            other.extend(self.drain(common..));
        } else {
            self.extend(other.drain(common..));
        }
    }
}

macro_rules! fixed {
    ($($pointer:ident, $as_mut:expr;)*) => {$(
        impl<'de, T: Raw<K>, K> Collect<'de, Many, T, K> for $pointer<[T]> {
            #[inline]
            fn collect(bytes: Option<&'de [u8]>) -> Option<Self> {
                <Vec<T> as Collect<'de, Many, T, K>>::collect(bytes).map(Self::from)
            }

            #[inline]
            fn replace(&mut self, bytes: Option<&'de [u8]>) {
                let Some(bytes) = bytes else { return };
                let as_mut: fn(&mut Self) -> Option<&mut [T]> = $as_mut;
                match as_mut(self).filter(|items| items.len().checked_mul(T::SIZE) == Some(bytes.len())) {
                    Some(items) => overwrite::<T, K>(items, bytes),
                    None => {
                        if let Some(value) = <Self as Collect<'de, Many, T, K>>::collect(Some(bytes)) {
                            *self = value;
                        }
                    }
                }
            }

            fn exchange(&mut self, other: &mut Self) {
                let as_mut: fn(&mut Self) -> Option<&mut [T]> = $as_mut;
                match (as_mut(self), as_mut(other)) {
                    (Some(items), Some(others)) if items.len() == others.len() => items.swap_with_slice(others),
                    _ => core::mem::swap(self, other),
                }
            }
        }
    )*};
}

fixed! {
    Box, |this| Some(this);
    Rc, Rc::get_mut;
    Arc, Arc::get_mut;
}

impl<'a, 'de: 'a, T: Raw<K>, K> Collect<'de, Many, T, K> for &'a [T] {
    const BORROWS: bool = true;

    #[inline]
    fn collect(bytes: Option<&'de [u8]>) -> Option<Self> {
        memory::view(bytes?, &T::IMAGE)
    }
}

impl<'a, 'de: 'a, T: Raw<K> + Clone, K> Collect<'de, Many, T, K> for Cow<'a, [T]> {
    #[inline]
    fn collect(bytes: Option<&'de [u8]>) -> Option<Self> {
        match memory::view(bytes?, &T::IMAGE) {
            Some(items) => Some(Cow::Borrowed(items)),
            None => <Vec<T> as Collect<'de, Many, T, K>>::collect(bytes).map(Cow::Owned),
        }
    }
}

impl<T: Clone> Items<Kept, T> for Cow<'static, [T]> {
    #[inline]
    fn items(&self) -> Option<&[T]> {
        Some(self)
    }
}

impl<'de, T: Raw<K> + Clone, K> Collect<'de, Kept, T, K> for Cow<'static, [T]> {
    #[inline]
    fn collect(bytes: Option<&'de [u8]>) -> Option<Self> {
        <Vec<T> as Collect<'de, Many, T, K>>::collect(bytes).map(Cow::Owned)
    }

    #[inline]
    fn replace(&mut self, bytes: Option<&'de [u8]>) {
        match self {
            Self::Owned(items) => <Vec<T> as Collect<'de, Many, T, K>>::replace(items, bytes),
            Self::Borrowed(_) => {
                if let Some(value) = <Self as Collect<'de, Kept, T, K>>::collect(bytes) {
                    *self = value;
                }
            }
        }
    }

    #[inline]
    fn exchange(&mut self, other: &mut Self) {
        match (self, other) {
            (Self::Owned(items), Self::Owned(others)) => {
                <Vec<T> as Collect<'de, Many, T, K>>::exchange(items, others);
            }
            (this, other) => core::mem::swap(this, other),
        }
    }
}

impl<S, T, C: Items<S, T>> Items<Maybe<S>, T> for Option<C> {
    const OPTIONAL: bool = true;
    const EXACTLY: Option<u64> = C::EXACTLY;

    #[inline]
    fn items(&self) -> Option<&[T]> {
        self.as_ref().and_then(C::items)
    }
}

impl<'de, S, T, K, C: Collect<'de, S, T, K>> Collect<'de, Maybe<S>, T, K> for Option<C> {
    const BORROWS: bool = C::BORROWS;

    #[inline]
    fn collect(bytes: Option<&'de [u8]>) -> Option<Self> {
        match bytes {
            None => Some(None),
            Some(_) => C::collect(bytes).map(Some),
        }
    }

    #[inline]
    fn replace(&mut self, bytes: Option<&'de [u8]>) {
        match (self, bytes) {
            (Some(inner), Some(_)) => inner.replace(bytes),
            (this, _) => {
                if let Some(value) = <Self as Collect<'de, Maybe<S>, T, K>>::collect(bytes) {
                    *this = value;
                }
            }
        }
    }

    #[inline]
    fn exchange(&mut self, other: &mut Self) {
        match (self, other) {
            (Some(inner), Some(other)) => inner.exchange(other),
            (this, other) => core::mem::swap(this, other),
        }
    }
}

/// Appends the elements in `bytes` to `items`.
#[inline]
fn extend<T: Raw<K>, K>(items: &mut Vec<T>, bytes: &[u8]) -> Option<()> {
    if memory::extend(items, bytes, &T::IMAGE) {
        return Some(());
    }
    items.reserve(bytes.len() / T::SIZE.max(1));
    for bytes in bytes.chunks_exact(T::SIZE.max(1)) {
        items.push(T::read(bytes)?);
    }
    Some(())
}

/// Overwrites `items` with the elements in `bytes`.
#[inline]
fn overwrite<T: Raw<K>, K>(items: &mut [T], bytes: &[u8]) {
    if memory::overwrite(items, bytes, &T::IMAGE) {
        return;
    }
    for (item, bytes) in items.iter_mut().zip(bytes.chunks_exact(T::SIZE.max(1))) {
        if let Some(value) = T::read(bytes) {
            *item = value;
        }
    }
}

//! Raw arrays: structs and numbers that travel as the bytes they are in memory (`#[state(bytes)]`).
//!
//! An element is **described** ([`Record`]): its layout is in the schema, its numbers are little-endian on the way,
//! its padding travels as zeros. Or it is **opaque** (any `bytemuck::Pod`): its bytes travel as they are, and only
//! to machines of the same byte order. A type that is both is described.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::marker::PhantomData;

use crate::decode::{Checker, Reader};
use crate::encode::{Size, Writer};
use crate::layout::raw_head;
use crate::memory::{self, Image, Mode};
use crate::schema::{self, Kind, Link, Schema};
use crate::state::State;

/// A `repr(C)` struct whose layout is described, so that arrays of it travel as raw bytes; numbers and arrays of
/// records are records too.
///
/// Derive it:
///
/// ```
/// use state_core::{Record, State};
///
/// #[derive(Record, Clone, Copy)]
/// #[repr(C)]
/// struct Bicycle { gears: i32, price: f64 }
///
/// #[derive(State)]
/// struct Shop { #[state(bytes)] bicycles: Vec<Bicycle> }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a record: it has no described layout",
    label = "no `Record` for this type",
    note = "derive it on a struct of numbers: `#[derive(Record, Clone, Copy)] #[repr(C)]`"
)]
pub trait Record: Copy + 'static {
    /// Proof that any bytes of its size are a value, and whether it has padding.
    const IMAGE: Image<Self> = Image::NO;

    /// The layout.
    fn schema() -> &'static Schema;

    /// Writes all `size_of::<Self>()` bytes: numbers little-endian, padding as zeros.
    fn write(&self, bytes: &mut [u8]);

    /// Reads what [`write`](Record::write) wrote, whatever the padding holds.
    fn read(bytes: &[u8]) -> Option<Self>;
}

macro_rules! numbers {
    ($($ty:ident)*) => {$(
        impl Record for $ty {
            const IMAGE: Image<Self> = Image::<$ty>::NUMBER;

            fn schema() -> &'static Schema {
                <$ty as State>::schema()
            }

            #[inline(always)]
            fn write(&self, bytes: &mut [u8]) {
                bytes.copy_from_slice(&self.to_le_bytes());
            }

            #[inline(always)]
            fn read(bytes: &[u8]) -> Option<Self> {
                bytes.try_into().ok().map($ty::from_le_bytes)
            }
        }
    )*};
}

numbers!(u8 u16 u32 u64 u128 i8 i16 i32 i64 i128 f32 f64);

impl<T: Record, const N: usize> Record for [T; N] {
    const IMAGE: Image<Self> = Image::array(&T::IMAGE);

    fn schema() -> &'static Schema {
        const { &Schema::leaf(Kind::Array(Link::To(T::schema), N as u64), size_of::<[T; N]>()) }
    }

    #[inline(always)]
    fn write(&self, bytes: &mut [u8]) {
        for (at, item) in self.iter().enumerate() {
            item.write(&mut bytes[at * size_of::<T>()..(at + 1) * size_of::<T>()]);
        }
    }

    #[inline(always)]
    fn read(bytes: &[u8]) -> Option<Self> {
        let parts: [Option<T>; N] =
            core::array::from_fn(|at| T::read(bytes.get(at * size_of::<T>()..(at + 1) * size_of::<T>())?));
        if parts.iter().any(Option::is_none) {
            return None;
        }
        Some(parts.map(|part| part.expect("just seen")))
    }
}

/// The described kind of element.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Described;

/// The opaque kind of element.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Opaque;

/// The kind of an element that has no raw form; nothing is implemented for it.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Neither;

/// An element of a raw array, of one of the kinds.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no raw form",
    label = "cannot travel as `#[state(bytes)]`",
    note = "derive its layout: `#[derive(Record, Clone, Copy)] #[repr(C)]`",
    note = "or, for a struct of someone else's without padding, implement `bytemuck::Pod`",
    note = "the container is taken as it is written: `Vec<T>`, `Box<[T]>`, `[T; N]`, `Arc<[T]>`, `&[T]`, `Cow<[T]>` or `Option` of these; behind an alias it is not seen"
)]
pub trait Raw<Kind>: Copy + 'static {
    const IMAGE: Image<Self>;
    fn schema() -> &'static Schema;
    fn write(&self, bytes: &mut [u8]);
    fn read(bytes: &[u8]) -> Option<Self>;
}

impl<T: Record> Raw<Described> for T {
    const IMAGE: Image<Self> = <T as Record>::IMAGE;

    fn schema() -> &'static Schema {
        <T as Record>::schema()
    }

    #[inline(always)]
    fn write(&self, bytes: &mut [u8]) {
        Record::write(self, bytes);
    }

    #[inline(always)]
    fn read(bytes: &[u8]) -> Option<Self> {
        Record::read(bytes)
    }
}

impl<T: bytemuck::Pod> Raw<Opaque> for T {
    const IMAGE: Image<Self> = Image::POD;

    fn schema() -> &'static Schema {
        const {
            let kind = Kind::Opaque { size: size_of::<T>() as u64, big_endian: cfg!(target_endian = "big") };
            &Schema::leaf(kind, size_of::<T>())
        }
    }

    #[inline(always)]
    fn write(&self, bytes: &mut [u8]) {
        bytes.copy_from_slice(bytemuck::bytes_of(self));
    }

    #[inline(always)]
    fn read(bytes: &[u8]) -> Option<Self> {
        bytemuck::try_pod_read_unaligned(bytes).ok()
    }
}

/// Finds the kind of `T` by method resolution: what is described wins, and what has no raw form is told so.
#[doc(hidden)]
#[derive(Debug)]
pub struct Probe<T>(PhantomData<fn() -> T>);

impl<T> Probe<T> {
    pub const NEW: Self = Self(PhantomData);
}

impl<T: Record> Probe<T> {
    #[inline(always)]
    pub fn kind(&self) -> Described {
        Described
    }
}

#[doc(hidden)]
pub trait OpaqueKind {
    #[inline(always)]
    fn kind(&self) -> Opaque {
        Opaque
    }
}

impl<T: bytemuck::Pod> OpaqueKind for Probe<T> {}

#[doc(hidden)]
pub trait NoKind {
    #[inline(always)]
    fn kind(&self) -> Neither {
        Neither
    }
}

impl<T> NoKind for &Probe<T> {}

/// A single element.
#[doc(hidden)]
#[derive(Debug)]
pub struct One;

/// A slice of elements, however it is owned.
#[doc(hidden)]
#[derive(Debug)]
pub struct Many;

/// An array that may be absent.
#[doc(hidden)]
#[derive(Debug)]
pub struct Maybe<Shape>(PhantomData<Shape>);

/// A field that holds raw elements, seen as a shape.
#[doc(hidden)]
pub trait Items<Shape, T> {
    const OPTIONAL: bool = false;
    const EXACTLY: Option<u64> = None;
    fn items(&self) -> Option<&[T]>;
}

/// A field that can be made of the bytes of its elements; `None` only for shapes that may be absent.
#[doc(hidden)]
pub trait Collect<'de, Shape, T, Kind>: Items<Shape, T> + Sized {
    /// Whether the field borrows the bytes, so that they must lie where elements may.
    const BORROWS: bool = false;
    fn collect(bytes: Option<&'de [u8]>) -> Option<Self>;

    #[inline(always)]
    fn replace(&mut self, bytes: Option<&'de [u8]>) {
        if let Some(value) = Self::collect(bytes) {
            *self = value;
        }
    }
}

impl<T> Items<One, T> for T {
    const EXACTLY: Option<u64> = Some(1);

    #[inline(always)]
    fn items(&self) -> Option<&[T]> {
        Some(core::slice::from_ref(self))
    }
}

impl<'de, T: Raw<K>, K> Collect<'de, One, T, K> for T {
    #[inline(always)]
    fn collect(bytes: Option<&'de [u8]>) -> Option<Self> {
        T::read(bytes?)
    }
}

impl<T, const N: usize> Items<Many, T> for [T; N] {
    const EXACTLY: Option<u64> = Some(N as u64);

    #[inline(always)]
    fn items(&self) -> Option<&[T]> {
        Some(self)
    }
}

impl<'de, T: Raw<K>, K, const N: usize> Collect<'de, Many, T, K> for [T; N] {
    #[inline(always)]
    fn collect(bytes: Option<&'de [u8]>) -> Option<Self> {
        let bytes = bytes?;
        let parts: [Option<T>; N] =
            core::array::from_fn(|at| T::read(bytes.get(at * size_of::<T>()..(at + 1) * size_of::<T>())?));
        if parts.iter().any(Option::is_none) {
            return None;
        }
        Some(parts.map(|part| part.expect("just seen")))
    }

    #[inline(always)]
    fn replace(&mut self, bytes: Option<&'de [u8]>) {
        if let Some(bytes) = bytes {
            overwrite::<T, K>(self, bytes);
        }
    }
}

macro_rules! many {
    ($($ty:ty;)*) => {$(
        impl<T> Items<Many, T> for $ty {
            #[inline(always)]
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
    #[inline(always)]
    fn items(&self) -> Option<&[T]> {
        Some(self)
    }
}

impl<'de, T: Raw<K>, K> Collect<'de, Many, T, K> for Vec<T> {
    #[inline(always)]
    fn collect(bytes: Option<&'de [u8]>) -> Option<Self> {
        let mut items = Self::new();
        extend::<T, K>(&mut items, bytes?)?;
        Some(items)
    }

    #[inline(always)]
    fn replace(&mut self, bytes: Option<&'de [u8]>) {
        self.clear();
        if let Some(bytes) = bytes {
            extend::<T, K>(self, bytes);
        }
    }
}

macro_rules! fixed {
    ($($pointer:ident, $as_mut:expr;)*) => {$(
        impl<'de, T: Raw<K>, K> Collect<'de, Many, T, K> for $pointer<[T]> {
            #[inline(always)]
            fn collect(bytes: Option<&'de [u8]>) -> Option<Self> {
                <Vec<T> as Collect<'de, Many, T, K>>::collect(bytes).map(Self::from)
            }

            #[inline(always)]
            fn replace(&mut self, bytes: Option<&'de [u8]>) {
                let Some(bytes) = bytes else { return };
                let as_mut: fn(&mut Self) -> Option<&mut [T]> = $as_mut;
                match as_mut(self).filter(|items| size_of_val(*items) == bytes.len()) {
                    Some(items) => overwrite::<T, K>(items, bytes),
                    None => {
                        if let Some(value) = Self::collect(Some(bytes)) {
                            *self = value;
                        }
                    }
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

    #[inline(always)]
    fn collect(bytes: Option<&'de [u8]>) -> Option<Self> {
        memory::view(bytes?, &T::IMAGE)
    }
}

impl<'a, 'de: 'a, T: Raw<K>, K> Collect<'de, Many, T, K> for Cow<'a, [T]> {
    #[inline(always)]
    fn collect(bytes: Option<&'de [u8]>) -> Option<Self> {
        match memory::view(bytes?, &T::IMAGE) {
            Some(items) => Some(Cow::Borrowed(items)),
            None => <Vec<T> as Collect<'de, Many, T, K>>::collect(bytes).map(Cow::Owned),
        }
    }
}

impl<S, T, C: Items<S, T>> Items<Maybe<S>, T> for Option<C> {
    const OPTIONAL: bool = true;
    const EXACTLY: Option<u64> = C::EXACTLY;

    #[inline(always)]
    fn items(&self) -> Option<&[T]> {
        self.as_ref().and_then(C::items)
    }
}

impl<'de, S, T, K, C: Collect<'de, S, T, K>> Collect<'de, Maybe<S>, T, K> for Option<C> {
    const BORROWS: bool = C::BORROWS;

    #[inline(always)]
    fn collect(bytes: Option<&'de [u8]>) -> Option<Self> {
        match bytes {
            None => Some(None),
            Some(_) => C::collect(bytes).map(Some),
        }
    }

    #[inline(always)]
    fn replace(&mut self, bytes: Option<&'de [u8]>) {
        match (self, bytes) {
            (Some(inner), Some(_)) => inner.replace(bytes),
            (this, _) => {
                if let Some(value) = Self::collect(bytes) {
                    *this = value;
                }
            }
        }
    }
}

/// Puts the elements in `bytes` behind those of `items`.
#[inline(always)]
fn extend<T: Raw<K>, K>(items: &mut Vec<T>, bytes: &[u8]) -> Option<()> {
    if memory::extend(items, bytes, &T::IMAGE) {
        return Some(());
    }
    items.reserve(bytes.len() / size_of::<T>().max(1));
    for bytes in bytes.chunks_exact(size_of::<T>().max(1)) {
        items.push(T::read(bytes)?);
    }
    Some(())
}

/// Writes as many elements over those of `items`.
#[inline(always)]
fn overwrite<T: Raw<K>, K>(items: &mut [T], bytes: &[u8]) {
    if memory::overwrite(items, bytes, &T::IMAGE) {
        return;
    }
    for (item, bytes) in items.iter_mut().zip(bytes.chunks_exact(size_of::<T>().max(1))) {
        if let Some(value) = T::read(bytes) {
            *item = value;
        }
    }
}

/// The schema of a field.
#[doc(hidden)]
pub fn schema<const COUNTED: bool, S, T: Raw<K>, F: Items<S, T>, K>(_: K) -> &'static Schema {
    const {
        let raw = schema::Raw {
            element: Link::To(<T as Raw<K>>::schema),
            optional: F::OPTIONAL,
            counted: COUNTED,
            exactly: F::EXACTLY,
        };
        &Schema::leaf(Kind::Raw(raw), raw_head(F::OPTIONAL))
    }
}

#[doc(hidden)]
#[inline(always)]
pub fn size<S, T: Raw<K>, F: Items<S, T>, K>(_: K, field: &F, size: &mut Size) {
    const { assert!(size_of::<T>() > 0, "an element of a raw array has at least one byte") };
    size.raw(field.items().map_or(0, size_of_val));
}

#[doc(hidden)]
#[inline(always)]
pub fn put<S, T: Raw<K>, F: Items<S, T>, K>(_: K, field: &F, head: &mut &mut [u8], writer: &mut Writer<'_>) {
    let head = crate::__private::cut_mut(head, raw_head(F::OPTIONAL));
    let items = field.items();
    let (tag, count) = head.split_at_mut(head.len() - 8);
    tag.fill(u8::from(items.is_some()));
    let items = items.unwrap_or_default();
    count.copy_from_slice(&(items.len() as u64).to_le_bytes());
    let Some(space) = writer.raw(size_of_val(items)) else { return };
    if T::IMAGE.mode() == Mode::Same {
        if let Some(bytes) = memory::bytes_of(items, &T::IMAGE) {
            return space.copy_from_slice(bytes);
        }
    }
    for (item, space) in items.iter().zip(space.chunks_exact_mut(size_of::<T>())) {
        item.write(space);
    }
}

/// Whether there is an array, and how many bytes it has.
#[inline(always)]
fn read_head<S, T, F: Items<S, T>>(head: &[u8]) -> Option<(bool, usize)> {
    let (tag, count) = head.split_at_checked(head.len().checked_sub(8)?)?;
    let count = u64::from_le_bytes(count.try_into().ok()?);
    let present = match tag {
        [0] => false,
        [] | [1] => true,
        _ => return None,
    };
    let fits = match (present, F::EXACTLY) {
        (false, _) => count == 0,
        (true, Some(exactly)) => count == exactly,
        (true, None) => true,
    };
    let len = usize::try_from(count).ok()?.checked_mul(size_of::<T>())?;
    fits.then_some((present, len))
}

#[doc(hidden)]
#[inline(always)]
pub fn check<'de, S, T, F, K>(_: K, head: &mut &[u8], checker: &mut Checker<'_>) -> bool
where
    T: Raw<K>,
    F: Collect<'de, S, T, K>,
{
    let head = crate::__private::cut(head, raw_head(F::OPTIONAL));
    let Some((_, len)) = read_head::<S, T, F>(head) else { return false };
    let Some(bytes) = checker.raw(len) else { return false };
    if F::BORROWS && memory::view(bytes, &T::IMAGE).is_none() {
        checker.misaligned();
        return false;
    }
    true
}

#[inline(always)]
fn array<'de, S, T, F: Items<S, T>>(head: &mut &'de [u8], reader: &mut Reader<'de>) -> Option<Option<&'de [u8]>> {
    let head = crate::__private::cut(head, raw_head(F::OPTIONAL));
    let (present, len) = read_head::<S, T, F>(head)?;
    let bytes = reader.raw(len)?;
    Some(present.then_some(bytes))
}

#[doc(hidden)]
#[inline(always)]
pub fn get<'de, S, T, F, K>(_: K, head: &mut &'de [u8], reader: &mut Reader<'de>) -> Option<F>
where
    T: Raw<K>,
    F: Collect<'de, S, T, K>,
{
    F::collect(array::<S, T, F>(head, reader)?)
}

#[doc(hidden)]
#[inline(always)]
pub fn set<'de, S, T, F, K>(_: K, field: &mut F, head: &mut &'de [u8], reader: &mut Reader<'de>)
where
    T: Raw<K>,
    F: Collect<'de, S, T, K>,
{
    if let Some(bytes) = array::<S, T, F>(head, reader) {
        field.replace(bytes);
    }
}

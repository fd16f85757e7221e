//! A raw array as a slot: the functions that generated code calls for a field with `#[state(bytes)]` or
//! `#[state(array)]`.

use super::{Collect, Items, Raw};
use crate::protocol::decode::{Checker, Reader};
use crate::protocol::encode::{Size, Writer};
use crate::protocol::layout::raw_head;
use crate::protocol::memory::{self, Mode};
use crate::protocol::parts::{cut, cut_mut};
use crate::schema::{self, Kind, Link, Schema};

/// Two slots: the bytes, and the count.
#[doc(hidden)]
pub const COUNTED: u8 = 0;
/// One slot: the bytes.
#[doc(hidden)]
pub const BYTES: u8 = 1;
/// One slot: the array.
#[doc(hidden)]
pub const ARRAY: u8 = 2;

/// The schema of a field that shows as one of these.
#[doc(hidden)]
#[must_use]
pub fn schema<const SHOWN: u8, S, T: Raw<K>, F: Items<S, T>, K>(_: K) -> &'static Schema {
    const {
        let raw = schema::Raw {
            element: Link::To(<T as Raw<K>>::schema),
            optional: F::OPTIONAL,
            counted: SHOWN == COUNTED,
            exactly: F::EXACTLY,
            array: SHOWN == ARRAY,
        };
        &Schema::leaf(Kind::Raw(raw), raw_head(F::OPTIONAL))
    }
}

#[doc(hidden)]
#[inline]
pub fn size<S, T: Raw<K>, F: Items<S, T>, K>(_: K, field: &F, size: &mut Size) {
    const { assert!(size_of::<T>() > 0 && T::SIZE > 0, "an element of a raw array has at least one byte") };
    size.raw(field.items().map_or(0, |items| items.len().saturating_mul(T::SIZE)));
}

#[doc(hidden)]
#[inline]
pub fn put<'v, S, T, F, K>(_: K, field: &'v F, head: &mut &mut [u8], writer: &mut Writer<'_, 'v>)
where
    T: Raw<K> + 'v,
    F: Items<S, T>,
{
    let head = cut_mut(head, raw_head(F::OPTIONAL));
    let items = field.items();
    let (tag, count) = head.split_at_mut(head.len() - 8);
    tag.fill(u8::from(items.is_some()));
    let items = items.unwrap_or_default();
    count.copy_from_slice(&(items.len() as u64).to_le_bytes());
    if matches!(T::IMAGE.mode(), Mode::Same | Mode::Bool) {
        if let Some(bytes) = memory::bytes_of(items, &T::IMAGE) {
            return writer.raw_bytes(bytes);
        }
    }
    let Some(space) = writer.raw(items.len().saturating_mul(T::SIZE)) else { return };
    for (item, space) in items.iter().zip(space.chunks_exact_mut(T::SIZE)) {
        item.write(space);
    }
}

/// Whether there is an array, and its number of bytes.
#[inline]
fn read_head<S, T: Raw<K>, F: Items<S, T>, K>(head: &[u8]) -> Option<(bool, usize)> {
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
    let len = usize::try_from(count).ok()?.checked_mul(T::SIZE)?;
    fits.then_some((present, len))
}

#[doc(hidden)]
#[inline]
pub fn check<'de, S, T, F, K>(_: K, head: &mut &[u8], checker: &mut Checker<'_>) -> bool
where
    T: Raw<K>,
    F: Collect<'de, S, T, K>,
{
    let head = cut(head, raw_head(F::OPTIONAL));
    let Some((_, len)) = read_head::<S, T, F, K>(head) else { return false };
    let Some(bytes) = checker.raw(len) else { return false };
    // Not every byte string need be an element: a hand-written `Record::read` can refuse.
    if !T::IMAGE.takes_any() && bytes.chunks_exact(T::SIZE).any(|bytes| T::read(bytes).is_none()) {
        return false;
    }
    if F::BORROWS && memory::view(bytes, &T::IMAGE).is_none() {
        checker.not_to_borrow(bytes, !T::IMAGE.takes_any());
        return false;
    }
    true
}

/// An array in an image.
struct Array<'de> {
    present: bool,
    bytes: &'de [u8],
}

impl<'de> Array<'de> {
    #[inline]
    fn read<S, T: Raw<K>, F: Items<S, T>, K>(head: &mut &'de [u8], reader: &mut Reader<'de>) -> Option<Self> {
        let head = cut(head, raw_head(F::OPTIONAL));
        let (present, len) = read_head::<S, T, F, K>(head)?;
        Some(Self { present, bytes: reader.raw(len)? })
    }

    #[inline]
    fn bytes(&self) -> Option<&'de [u8]> {
        self.present.then_some(self.bytes)
    }
}

#[doc(hidden)]
#[inline]
pub fn get<'de, S, T, F, K>(_: K, head: &mut &'de [u8], reader: &mut Reader<'de>) -> Option<F>
where
    T: Raw<K>,
    F: Collect<'de, S, T, K>,
{
    F::collect(Array::read::<S, T, F, K>(head, reader)?.bytes())
}

#[doc(hidden)]
#[inline]
pub fn set<'de, S, T, F, K>(_: K, field: &mut F, head: &mut &'de [u8], reader: &mut Reader<'de>)
where
    T: Raw<K>,
    F: Collect<'de, S, T, K>,
{
    if let Some(array) = Array::read::<S, T, F, K>(head, reader) {
        field.replace(array.bytes());
    }
}

#[doc(hidden)]
#[inline]
pub fn exchange<'de, S, T, F, K>(_: K, field: &mut F, other: &mut F)
where
    T: Raw<K>,
    F: Collect<'de, S, T, K>,
{
    field.exchange(other);
}

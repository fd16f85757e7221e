//! Fields whose parts are converted to a slot and back: the functions that generated code calls for `with` inside
//! containers, and for `Cow<'static, _>` in them.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::protocol::decode::Reader;
use crate::protocol::hooks::Hooks;

/// Converts each item or entry, and collects the results.
#[inline]
pub fn each<'v, C: ?Sized, U, F, S>(of: &'v C, convert: F) -> S
where
    &'v C: IntoIterator,
    F: FnMut(<&'v C as IntoIterator>::Item) -> U,
    S: FromIterator<U>,
{
    of.into_iter().map(convert).collect()
}

/// Converts each item of an array.
#[inline]
pub fn each_in_array<'v, T, U, F: FnMut(&'v T) -> U, const N: usize>(of: &'v [T; N], convert: F) -> [U; N] {
    of.each_ref().map(convert)
}

/// The value in a box.
#[inline]
#[must_use]
#[allow(clippy::borrowed_box, reason = "the field is one")]
pub fn unboxed<T: ?Sized>(of: &Box<T>) -> &T {
    of
}

/// Converts each item or entry of a container by value.
#[inline]
pub fn each_of<C: IntoIterator, U, F: FnMut(C::Item) -> U, S: FromIterator<U>>(of: C, convert: F) -> S {
    of.into_iter().map(convert).collect()
}

/// Converts each item of an array by value.
#[inline]
pub fn each_of_array<T, U, F: FnMut(T) -> U, const N: usize>(of: [T; N], convert: F) -> [U; N] {
    of.map(convert)
}

/// Converts the value in a box, into another box.
#[inline]
#[allow(clippy::boxed_local, reason = "the field is one")]
pub fn each_in_box<T, U, F: FnOnce(T) -> U>(of: Box<T>, convert: F) -> Box<U> {
    Box::new(convert(*of))
}

/// Changes each item in place.
#[inline]
pub fn each_mut<T, F: FnMut(&mut T), const N: usize>(of: &mut [T; N], change: F) {
    of.iter_mut().for_each(change);
}

/// Changes each item in place, together with that of another array.
#[inline]
pub fn each_pair<T, F: FnMut(&mut T, &mut T), const N: usize>(of: &mut [T; N], other: &mut [T; N], mut change: F) {
    of.iter_mut().zip(other).for_each(|(item, other)| change(item, other));
}

/// Settles each item in place, until one is refused.
#[inline]
pub fn each_settled<T, F: FnMut(&mut T) -> Option<()>, const N: usize>(of: &mut [T; N], settle: F) -> Option<()> {
    of.iter_mut().try_for_each(settle)
}

/// Passes through a part that is not converted, inside a value that is: as it becomes part of a new value, its hooks
/// cannot be left for later.
#[inline]
pub fn kept<'de, T>(
    mut value: T,
    settle: fn(&mut T, &mut Reader<'de>) -> Option<()>,
    reader: &mut Reader<'de>,
) -> Option<T> {
    if reader.hooks() == Hooks::Leave {
        settle(&mut value, reader)?;
    }
    Some(value)
}

/// Converts each item or entry back, and collects them; returns `None` after a refusal, and adds the index of the item
/// to it.
#[inline]
pub fn back_each<'de, C, U, F, S>(of: C, reader: &mut Reader<'de>, mut convert: F) -> Option<S>
where
    C: IntoIterator,
    F: FnMut(C::Item, &mut Reader<'de>) -> Option<U>,
    S: FromIterator<U>,
{
    let items = of.into_iter().enumerate();
    items.map(|(at, item)| convert(item, reader).or_else(|| refused_at(at, reader))).collect()
}

/// Converts the value of an option back, if there is one.
#[inline]
pub fn back_option<'de, S, T, F>(of: Option<S>, reader: &mut Reader<'de>, mut convert: F) -> Option<Option<T>>
where
    F: FnMut(S, &mut Reader<'de>) -> Option<T>,
{
    match of {
        Some(item) => convert(item, reader).map(Some),
        None => Some(None),
    }
}

/// Converts the value of a box back.
#[inline]
#[allow(clippy::boxed_local, reason = "the slot is one")]
pub fn back_box<'de, S, T, F>(of: Box<S>, reader: &mut Reader<'de>, mut convert: F) -> Option<Box<T>>
where
    F: FnMut(S, &mut Reader<'de>) -> Option<T>,
{
    convert(*of, reader).map(Box::new)
}

/// Converts each item of an array back.
#[inline]
pub fn back_array<'de, S, T, F, const N: usize>(of: [S; N], reader: &mut Reader<'de>, convert: F) -> Option<[T; N]>
where
    F: FnMut(S, &mut Reader<'de>) -> Option<T>,
{
    let items: Vec<T> = back_each(of, reader, convert)?;
    items.try_into().ok()
}

/// Converts a tuple back by `convert`, which names the items one by one.
#[inline]
pub fn back_tuple<'de, S, T, F>(of: S, reader: &mut Reader<'de>, convert: F) -> Option<T>
where
    F: FnOnce(S, &mut Reader<'de>) -> Option<T>,
{
    convert(of, reader)
}

/// Passes on an item of a tuple that was converted back; if it was refused, adds its index to the refusal.
#[inline]
pub fn back_item<T>(item: Option<T>, at: usize, reader: &mut Reader<'_>) -> Option<T> {
    if item.is_none() {
        refused_in(at, reader);
    }
    item
}

#[cold]
fn refused_in(at: usize, reader: &mut Reader<'_>) {
    reader.within(&alloc::format!("{at}"));
}

/// Adds the index of an element or entry to its refusal: it is followed by `following` of all.
#[cold]
pub(super) fn refused_before<T>(following: usize, all: usize, reader: &mut Reader<'_>) -> Option<T> {
    refused_at(all - following - 1, reader)
}

#[cold]
fn refused_at<T>(at: usize, reader: &mut Reader<'_>) -> Option<T> {
    reader.within_element(at);
    None
}

//! The parts of a head, one after another: what generated code, tuples and entries do with each.

use core::mem::take;

use super::decode::{Checker, Reader};
use super::encode::{Size, Writer};
use crate::state::{Restore, State};

/// Counts one part.
#[inline]
pub fn size<T: State>(value: &T, size: &mut Size) {
    if T::DYNAMIC {
        value.size(size);
    }
}

/// Writes one part at the front of `head`, and advances `head` past it.
#[inline]
pub fn put<'v, T: State>(value: &'v T, head: &mut &mut [u8], writer: &mut Writer<'_, 'v>) {
    value.put(cut_mut(head, T::HEAD), writer);
}

/// Checks one part.
#[inline]
pub fn check<'de, T: Restore<'de>>(head: &mut &[u8], checker: &mut Checker<'_>) -> bool {
    let head = cut(head, T::HEAD);
    !T::CHECKED || T::check(head, checker)
}

/// Builds one part.
#[inline]
pub fn get<'de, T: Restore<'de>>(head: &mut &'de [u8], reader: &mut Reader<'de>) -> Option<T> {
    T::get(cut(head, T::HEAD), reader)
}

/// Restores one part in place.
#[inline]
pub fn set<'de, T: Restore<'de>>(value: &mut T, head: &mut &'de [u8], reader: &mut Reader<'de>) {
    value.set(cut(head, T::HEAD), reader);
}

/// Adds to a refusal by a hook that was called late in which slot it occurred.
#[inline]
pub fn settled(settled: Option<()>, name: &str, reader: &mut Reader<'_>) -> Option<()> {
    if settled.is_none() {
        reader.within(name);
    }
    settled
}

/// Cuts the first `len` bytes from a head that the runtime guarantees to be long enough.
#[inline]
pub fn cut<'a>(head: &mut &'a [u8], len: usize) -> &'a [u8] {
    let (cut, rest) = head.split_at(len);
    *head = rest;
    cut
}

/// As [`cut`], for writing.
#[inline]
pub fn cut_mut<'a>(head: &mut &'a mut [u8], len: usize) -> &'a mut [u8] {
    let (cut, rest) = take(head).split_at_mut(len);
    *head = rest;
    cut
}

/// Adds to a refusal in which slot it occurred.
#[inline]
pub fn refused_within<T>(name: &str, reader: &mut Reader<'_>) -> Option<T> {
    reader.within(name);
    None
}

/// Assigns a value if there is one.
#[inline]
pub fn assign<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}

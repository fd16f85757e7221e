//! The parts of a head, one after the other: what the functions of generated code, tuples and entries do for each.

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

/// Writes one part at the front of `head`, and moves `head` behind it.
#[inline]
pub fn put<'v, T: State>(value: &'v T, head: &mut &mut [u8], writer: &mut Writer<'_, 'v>) {
    value.put(cut_mut(head, T::HEAD), writer);
}

/// Tests one part.
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

/// Restores one part.
#[inline]
pub fn set<'de, T: Restore<'de>>(value: &mut T, head: &mut &'de [u8], reader: &mut Reader<'de>) {
    value.set(cut(head, T::HEAD), reader);
}

/// Says in which slot a hook that was left refused.
#[inline]
pub fn settled(settled: Option<()>, name: &str, reader: &mut Reader<'_>) -> Option<()> {
    if settled.is_none() {
        reader.within(name);
    }
    settled
}

/// The first `len` bytes of a head that the runtime guarantees to be long enough.
#[inline]
pub fn cut<'a>(head: &mut &'a [u8], len: usize) -> &'a [u8] {
    let (cut, rest) = head.split_at(len);
    *head = rest;
    cut
}

/// As [`cut`], to be written.
#[inline]
pub fn cut_mut<'a>(head: &mut &'a mut [u8], len: usize) -> &'a mut [u8] {
    let (cut, rest) = take(head).split_at_mut(len);
    *head = rest;
    cut
}

/// Says in which slot a value was refused.
#[inline]
pub fn refused_within<T>(name: &str, reader: &mut Reader<'_>) -> Option<T> {
    reader.within(name);
    None
}

/// Puts a value where there is one.
#[inline]
pub fn assign<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}

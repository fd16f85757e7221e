//! `Vec`, `VecDeque`, and borrowed, boxed and shared slices: a length, and the elements' heads as one run.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use super::align;
use super::pointee::unsized_pointee;
use crate::pointee::{Pointer, RestorePointee};
use crate::protocol::decode::{Checker, Reader};
use crate::protocol::encode::{Size, Writer};
use crate::protocol::gather;
use crate::protocol::layout::{LENGTH, stride};
use crate::protocol::memory::{self, Mode};
use crate::protocol::parts::assign;
use crate::protocol::room::{self, Holds, Run};
use crate::schema::{Kind, Link, Schema};
use crate::sharing::share_through;
use crate::state::{Restore, State};

/// The schema of everything that is encoded as a list.
pub(super) fn schema<T: State>() -> &'static Schema {
    const { &Schema::leaf(Kind::List(Link::To(T::schema)), LENGTH) }
}

/// Counts a sequence of elements, with its length.
#[inline]
pub(super) fn size<'a, T: State + 'a>(items: impl ExactSizeIterator<Item = &'a T>, size: &mut Size) {
    size.length(items.len());
    size.run(items.len(), T::HEAD);
    if T::DYNAMIC {
        size.nested::<T>(|size| items.for_each(|item| item.size(size)));
    }
}

/// Writes the elements one by one into a run.
#[inline]
pub(super) fn put_each<'a, T: State + 'a, C: Holds>(
    items: impl ExactSizeIterator<Item = &'a T>,
    head: &mut [u8],
    writer: &mut Writer<'_, 'a>,
) {
    writer.length(head, items.len());
    let Some(run) = writer.run(items.len(), T::HEAD) else { return };
    if T::HEAD == 0 {
        run.fill(0);
    }
    let each = |writer: &mut Writer<'_, 'a>| put_heads::<T, C>(items, run, writer);
    if T::DYNAMIC { writer.nested::<T>(each) } else { each(writer) }
}

/// Writes the elements into the heads of a run. Code that writes a single element of a list calls this too: a `put`
/// with only one caller is inlined, and costs no call per element.
#[inline]
pub(super) fn put_heads<'a, T: State + 'a, C: Holds>(
    items: impl Iterator<Item = &'a T>,
    run: &mut [u8],
    writer: &mut Writer<'_, 'a>,
) {
    for (item, head) in items.zip(run.chunks_exact_mut(stride(T::HEAD))) {
        if T::POINTER && C::MAY_MISS {
            writer.may_be_empty();
        }
        item.put(&mut head[..T::HEAD], writer);
    }
}

#[inline]
fn mode<T: State>() -> Mode {
    const { memory::run_mode(&T::IMAGE, T::HEAD) }
}

impl<T: State> State for [T] {
    const HEAD: usize = LENGTH;
    share_through!(T);

    fn schema() -> &'static Schema {
        schema::<T>()
    }

    #[inline]
    fn size(&self, size: &mut Size) {
        if T::HEAD == 1 && mode::<T>() == Mode::Same && size.gathers_list(self.len()) && T::schema().is_byte() {
            size.length(self.len());
            return size.raw(self.len());
        }
        self::size(self.iter(), size);
    }

    #[inline]
    fn put<'v>(&'v self, head: &mut [u8], writer: &mut Writer<'_, 'v>) {
        let bytes = if mode::<T>() == Mode::Apart { None } else { memory::bytes_of(self, &T::IMAGE) };
        let Some(bytes) = bytes else { return put_each::<_, Run>(self.iter(), head, writer) };
        if T::HEAD == 1 && mode::<T>() == Mode::Same && bytes.len() >= gather::LARGE {
            return put_long::<T>(bytes, head, writer);
        }
        writer.length(head, self.len());
        if let Some(run) = writer.run(self.len(), T::HEAD) {
            memory::copy(bytes, run);
        }
    }
}

/// Writes a long list of one-byte elements, which may be gathered. Separate, so that short lists cost only their copy.
#[cold]
#[inline(never)]
fn put_long<'v, T: State>(bytes: &'v [u8], head: &mut [u8], writer: &mut Writer<'_, 'v>) {
    writer.length(head, bytes.len());
    if writer.gathers_lists() && T::schema().is_byte() {
        writer.gather_list(bytes);
    } else if let Some(run) = writer.run(bytes.len(), 1) {
        run.copy_from_slice(bytes);
    }
}

/// Whether all bytes are 0 or 1. Most runs are short, and covered by two overlapping parts.
#[inline]
fn are_bools(run: &[u8]) -> bool {
    const OTHER: u64 = 0xFEFE_FEFE_FEFE_FEFE;
    let ends4 = || Some((run.first_chunk::<4>()?, run.last_chunk::<4>()?));
    let Some(last) = run.last_chunk::<8>() else {
        let all = match ends4() {
            Some((first, last)) => u32::from_ne_bytes(*first) | u32::from_ne_bytes(*last),
            None => run.iter().fold(0, |all, &byte| all | u32::from(byte)),
        };
        return u64::from(all) & OTHER == 0;
    };
    let word = |bytes: &[u8]| bytes.try_into().map_or(OTHER, u64::from_ne_bytes);
    let all = run.chunks_exact(8).fold(u64::from_ne_bytes(*last), |all, eight| all | word(eight));
    all & OTHER == 0
}

/// Checks a list, set or sequence that is held in a `C`.
#[inline]
pub(super) fn check<'de, T: Restore<'de>, C: Holds>(head: &[u8], checker: &mut Checker<'_>) -> bool {
    check_up_to::<T, C>(usize::MAX, head, checker)
}

/// As [`check`], for a type that holds at most `most` elements.
#[inline]
pub(super) fn check_up_to<'de, T: Restore<'de>, C: Holds>(most: usize, head: &[u8], checker: &mut Checker<'_>) -> bool {
    let Some(len) = checker.length(head) else { return false };
    if !checker.is_up_to(most, len) {
        return false;
    }
    let Some(run) = checker.run(len, T::HEAD) else { return false };
    if const { room::is_wide::<T, C>(T::HEAD) } {
        room::count::<T, C>(len, checker);
    }
    if mode::<T>() == Mode::Bool {
        return are_bools(run);
    }
    if T::HEAD == 0 && run.iter().any(|&filler| filler != 0) {
        return false;
    }
    let each = |checker: &mut Checker<'_>| {
        run.chunks_exact(stride(T::HEAD)).all(|head| {
            if T::POINTER && C::MAY_MISS {
                checker.may_be_empty();
            }
            T::check(&head[..T::HEAD], checker)
        })
    };
    if T::DYNAMIC { checker.nested::<T>(each) } else { !T::CHECKED || each(checker) }
}

/// Reads the length of a list, and cuts the run of its heads.
#[inline]
pub(super) fn run<'de, T: State>(head: &[u8], reader: &mut Reader<'de>) -> Option<&'de [u8]> {
    let len = reader.length(head)?;
    reader.run(len, T::HEAD)
}

/// Builds the elements of a run one by one, and appends them to `items`.
#[inline]
fn get_each<'de, T: Restore<'de>>(items: &mut Vec<T>, run: &'de [u8], reader: &mut Reader<'de>) -> Option<()> {
    let heads = run.chunks_exact(stride(T::HEAD));
    if T::POINTER && reader.is_numbered() {
        return get_numbered(items, heads, reader);
    }
    let built = memory::push_each(items, heads, |head| T::get(&head[..T::HEAD], reader));
    built.map_err(|at| reader.within_element(at)).ok()
}

/// As [`get_each`], for pointers, without those that are left out.
#[cold]
fn get_numbered<'de, T: Restore<'de>>(
    items: &mut Vec<T>,
    heads: impl Iterator<Item = &'de [u8]>,
    reader: &mut Reader<'de>,
) -> Option<()> {
    for head in heads {
        match T::get(&head[..T::HEAD], reader) {
            Some(item) => items.push(item),
            None if reader.left_out() => {}
            None => {
                reader.within_element(items.len());
                return None;
            }
        }
    }
    Some(())
}

/// Always inlined, because plain elements are copied in the time of a call; for others this is only a call.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn get<'de, T: Restore<'de>>(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Vec<T>> {
    if mode::<T>() == Mode::Apart {
        return get_apart(head, reader);
    }
    let run = run::<T>(head, reader)?;
    let mut items = Vec::with_capacity(run.len() / stride(T::HEAD));
    memory::extend(&mut items, run, &T::IMAGE);
    Some(items)
}

/// As [`get`], for elements that are built one by one.
#[inline]
fn get_apart<'de, T: Restore<'de>>(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Vec<T>> {
    let run = run::<T>(head, reader)?;
    let mut items = Vec::with_capacity(run.len() / stride(T::HEAD));
    get_each(&mut items, run, reader)?;
    Some(items)
}

impl<T: State> State for Vec<T> {
    const HEAD: usize = LENGTH;
    share_through!(T);

    fn schema() -> &'static Schema {
        schema::<T>()
    }

    #[inline]
    fn size(&self, size: &mut Size) {
        self.as_slice().size(size);
    }

    #[inline]
    fn put<'v>(&'v self, head: &mut [u8], writer: &mut Writer<'_, 'v>) {
        self.as_slice().put(head, writer);
    }
}

impl<'de, T: Restore<'de>> Restore<'de> for Vec<T> {
    const SWAPPED: bool = T::WHOLE;

    #[inline]
    fn check(head: &[u8], checker: &mut Checker<'_>) -> bool {
        check::<T, Run>(head, checker)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn get(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Self> {
        get(head, reader)
    }

    // Always inlined, as `get` is.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn set(&mut self, head: &'de [u8], reader: &mut Reader<'de>) {
        if mode::<T>() == Mode::Apart {
            return set_apart(self, head, reader);
        }
        if let Some(run) = run::<T>(head, reader) {
            self.clear();
            memory::extend(self, run, &T::IMAGE);
        }
    }

    fn exchange_with(&mut self, other: &mut Self, reader: &mut Reader<'de>) {
        let common = self.len().min(other.len());
        exchange_each(&mut self[..common], &mut other[..common], reader);
        if self.len() > common {
            other.extend(self.drain(common..));
        } else {
            self.extend(other.drain(common..));
        }
    }

    fn settle(&mut self, reader: &mut Reader<'de>) -> Option<()> {
        settle_each(self, reader)
    }
}

/// Exchanges elements pairwise, as many as both have.
pub(super) fn exchange_each<'de, T: Restore<'de>>(items: &mut [T], others: &mut [T], reader: &mut Reader<'de>) {
    if mode::<T>() != Mode::Apart && items.len() == others.len() {
        return items.swap_with_slice(others);
    }
    for (item, other) in items.iter_mut().zip(others) {
        item.exchange_with(other, reader);
    }
}

/// Settles the elements one by one. Elements that are copied whole have no hooks.
pub(super) fn settle_each<'de, T: Restore<'de>>(items: &mut [T], reader: &mut Reader<'de>) -> Option<()> {
    if mode::<T>() == Mode::Apart { settle_all(items.iter_mut(), reader) } else { Some(()) }
}

pub(super) fn settle_all<'a, 'de, T: Restore<'de> + 'a>(
    items: impl Iterator<Item = &'a mut T>,
    reader: &mut Reader<'de>,
) -> Option<()> {
    for (at, item) in items.enumerate() {
        if item.settle(reader).is_none() {
            reader.within_element(at);
            return None;
        }
    }
    Some(())
}

/// Restores existing elements in place, and builds the others.
#[inline]
fn set_apart<'de, T: Restore<'de>>(items: &mut Vec<T>, head: &'de [u8], reader: &mut Reader<'de>) {
    let Some(run) = run::<T>(head, reader) else { return };
    let keep = if align::align(items, run, reader) { run.len() / stride(T::HEAD) } else { 0 };
    items.truncate(keep);
    let kept = items.len() * stride(T::HEAD);
    for (item, head) in items.iter_mut().zip(run.chunks_exact(stride(T::HEAD))) {
        item.set(&head[..T::HEAD], reader);
    }
    get_each(items, &run[kept..], reader);
}

impl<T: State> State for VecDeque<T> {
    const HEAD: usize = LENGTH;
    share_through!(T);

    fn schema() -> &'static Schema {
        schema::<T>()
    }

    #[inline]
    fn size(&self, size: &mut Size) {
        self::size(self.iter(), size);
    }

    #[inline]
    fn put<'v>(&'v self, head: &mut [u8], writer: &mut Writer<'_, 'v>) {
        put_each::<_, Run>(self.iter(), head, writer);
    }
}

impl<'de, T: Restore<'de>> Restore<'de> for VecDeque<T> {
    const SWAPPED: bool = T::WHOLE;

    #[inline]
    fn check(head: &[u8], checker: &mut Checker<'_>) -> bool {
        check::<T, Run>(head, checker)
    }

    #[inline]
    fn get(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Self> {
        get(head, reader).map(Self::from)
    }

    #[inline]
    fn set(&mut self, head: &'de [u8], reader: &mut Reader<'de>) {
        let Some(run) = run::<T>(head, reader) else { return };
        let keeps = !align::is_worth::<T>(self.len()) || align::align(self.make_contiguous(), run, reader);
        self.truncate(if keeps { run.len() / stride(T::HEAD) } else { 0 });
        let mut heads = run.chunks_exact(stride(T::HEAD));
        for (item, head) in self.iter_mut().zip(heads.by_ref()) {
            item.set(&head[..T::HEAD], reader);
        }
        // `zip` advances the items first, so no head is lost when they end.
        self.reserve(heads.len());
        for head in heads {
            match T::get(&head[..T::HEAD], reader) {
                Some(item) => self.push_back(item),
                None => return,
            }
        }
    }

    fn exchange_with(&mut self, other: &mut Self, reader: &mut Reader<'de>) {
        let common = self.len().min(other.len());
        for (item, other) in self.iter_mut().zip(other.iter_mut()) {
            item.exchange_with(other, reader);
        }
        if self.len() > common {
            other.extend(self.drain(common..));
        } else {
            self.extend(other.drain(common..));
        }
    }

    fn settle(&mut self, reader: &mut Reader<'de>) -> Option<()> {
        settle_all(self.iter_mut(), reader)
    }
}

unsized_pointee!([T: State] [T], const { &Schema::leaf(Kind::List(Link::To(T::schema)), LENGTH).shared(P::key) };);

impl<'de, T: Restore<'de>> RestorePointee<'de> for [T] {
    #[inline]
    fn check_behind<P: Pointer<Self>>(head: &[u8], checker: &mut Checker<'_>) -> bool {
        check::<T, P::Elements>(head, checker)
    }

    #[inline]
    fn get_behind<P: Pointer<Self>>(head: &'de [u8], reader: &mut Reader<'de>) -> Option<P> {
        get(head, reader).map(|items: Vec<T>| P::made(items))
    }

    fn gone_rc() -> Option<alloc::rc::Weak<Self>> {
        Some(alloc::rc::Weak::<[T; 0]>::new())
    }

    fn gone_arc() -> Option<alloc::sync::Weak<Self>> {
        Some(alloc::sync::Weak::<[T; 0]>::new())
    }

    fn set_behind<P: Pointer<Self>>(pointer: &mut P, head: &'de [u8], reader: &mut Reader<'de>) {
        let place = reader.mark();
        let Some(run) = run::<T>(head, reader) else { return };
        match pointer.unique().filter(|items| items.len() == run.len() / stride(T::HEAD)) {
            Some(items) => {
                align::align(items, run, reader);
                set_each(items, run, reader);
            }
            None => {
                reader.back_to(place);
                assign(pointer, Self::get_behind(head, reader));
            }
        }
    }

    fn exchange_behind<P: Pointer<Self>>(pointer: &mut P, other: &mut P, reader: &mut Reader<'de>) {
        match (pointer.unique(), other.unique()) {
            (Some(items), Some(others)) if items.len() == others.len() => exchange_each(items, others, reader),
            // Other pointers share the old elements and keep them.
            _ => core::mem::swap(pointer, other),
        }
    }

    fn settle_behind<P: Pointer<Self>>(pointer: &mut P, reader: &mut Reader<'de>) -> Option<()> {
        pointer.unique().map_or(Some(()), |items| settle_each(items, reader))
    }
}

/// Restores as many elements as there are.
#[inline]
pub(super) fn set_each<'de, T: Restore<'de>>(items: &mut [T], run: &'de [u8], reader: &mut Reader<'de>) {
    if mode::<T>() == Mode::Same {
        if let Some(bytes) = memory::bytes_of_mut(items, &T::IMAGE).filter(|bytes| bytes.len() == run.len()) {
            return bytes.copy_from_slice(run);
        }
    }
    for (item, head) in items.iter_mut().zip(run.chunks_exact(stride(T::HEAD))) {
        item.set(&head[..T::HEAD], reader);
    }
}

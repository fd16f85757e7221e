//! Runs of proven values, copied whole or viewed in place. This file holds `unsafe` code.
//!
//! What justifies it: writing and reading an array of structs without `repr(C)` field by field costs 30 % more
//! (measured on 125,000 structs of 12 floats, in a prototype).

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::mem::MaybeUninit;

use crate::protocol::memory::short::copy_masked;
use crate::protocol::memory::{Image, Mode};

/// The bytes of proven values; `None` where there is no proof.
#[inline]
pub(crate) fn bytes_of<'a, T>(items: &'a [T], image: &Image<T>) -> Option<&'a [u8]> {
    if !matches!(image.mode(), Mode::Same | Mode::Bool) {
        return None;
    }
    // SAFETY: the proof says that `T` has no padding, so all `size_of_val(items)` bytes behind the pointer are
    // initialised; they live, shared, as long as `items`; every address suits `u8`.
    Some(unsafe { core::slice::from_raw_parts(items.as_ptr().cast(), size_of_val(items)) })
}

/// The bytes of proven values, to be overwritten; `None` if not every byte string is a value.
#[inline]
pub(crate) fn bytes_of_mut<'a, T>(items: &'a mut [T], image: &Image<T>) -> Option<&'a mut [u8]> {
    if image.mode() != Mode::Same {
        return None;
    }
    // SAFETY: as in `bytes_of`, borrowed mutably; the proof says that whatever is written is a value.
    Some(unsafe { core::slice::from_raw_parts_mut(items.as_mut_ptr().cast(), size_of_val(items)) })
}

/// Appends the values of a run to `items`; returns false, and does nothing, if there is no proof.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(crate) fn extend<T>(items: &mut Vec<T>, run: &[u8], image: &Image<T>) -> bool {
    if image.mode() == Mode::Apart || size_of::<T>() == 0 {
        return false;
    }
    let count = run.len() / size_of::<T>();
    items.reserve(count);
    let len = items.len();
    let bytes = count * size_of::<T>();
    let place = items.spare_capacity_mut()[..count].as_mut_ptr().cast::<MaybeUninit<u8>>();
    // SAFETY: the place is that of `count` values in the spare capacity: `bytes` bytes, which nothing else borrows; as
    // `MaybeUninit` they need not be initialised.
    let place = unsafe { core::slice::from_raw_parts_mut(place, bytes) };
    match image.mode() {
        Mode::Bool => copy_masked::<1>(&run[..bytes], place),
        _ => copy_masked::<0xFF>(&run[..bytes], place),
    }
    // SAFETY: `count` values were reserved and have just been written; the proof makes any bytes (of bools, any
    // masked bytes) values.
    unsafe { items.set_len(len + count) };
    true
}

/// Builds an array of proven values from its bytes; `None` if not every byte string is a value.
#[inline]
pub(crate) fn array<T, const N: usize>(bytes: &[u8], image: &Image<T>) -> Option<[T; N]> {
    if image.mode() != Mode::Same || bytes.len() != size_of::<[T; N]>() {
        return None;
    }
    // SAFETY: there are as many bytes as the array occupies, read without regard to alignment; the proof says that any
    // bytes are values, and values without padding or pointers may be copied.
    Some(unsafe { bytes.as_ptr().cast::<[T; N]>().read_unaligned() })
}

/// Copies a proven value to the heap without passing it over the stack; `None` if there is no proof.
#[inline]
pub(crate) fn boxed<T>(bytes: &[u8], image: &Image<T>) -> Option<Box<T>> {
    if image.mode() == Mode::Apart || bytes.len() != size_of::<T>() {
        return None;
    }
    let mut value = Box::<T>::new_uninit();
    // SAFETY: the place is that of one value, which nothing else borrows; as `MaybeUninit` its bytes need not be
    // initialised.
    let place = unsafe { core::slice::from_raw_parts_mut(value.as_mut_ptr().cast::<MaybeUninit<u8>>(), bytes.len()) };
    match image.mode() {
        Mode::Bool => copy_masked::<1>(bytes, place),
        _ => copy_masked::<0xFF>(bytes, place),
    }
    // SAFETY: all of its bytes have just been written; the proof makes any bytes (of bools, any masked bytes) a value.
    Some(unsafe { value.assume_init() })
}

/// Overwrites `items`; returns false, and does nothing, if there is no proof or the sizes differ.
#[inline]
pub(crate) fn overwrite<T>(items: &mut [T], bytes: &[u8], image: &Image<T>) -> bool {
    if !image.takes_any() || bytes.len() != size_of_val(items) {
        return false;
    }
    // SAFETY: there are as many bytes as the items have; nothing else borrows the items; the proof says that any
    // bytes are values.
    unsafe { core::ptr::copy_nonoverlapping(bytes.as_ptr(), items.as_mut_ptr().cast(), bytes.len()) };
    true
}

/// Values viewed where their bytes are; `None` without proof, or if the bytes are not aligned for them.
#[inline]
pub(crate) fn view<'a, T>(bytes: &'a [u8], image: &Image<T>) -> Option<&'a [T]> {
    let size = size_of::<T>();
    if !image.takes_any() || size == 0 || bytes.len() % size != 0 {
        return None;
    }
    if bytes.is_empty() {
        return Some(&[]);
    }
    if bytes.as_ptr().align_offset(align_of::<T>()) != 0 {
        return None;
    }
    // SAFETY: the pointer is aligned, the bytes make up whole values, the proof says that any bytes are values, and
    // they live, shared, for `'a`.
    Some(unsafe { core::slice::from_raw_parts(bytes.as_ptr().cast(), bytes.len() / size) })
}

/// Appends built values to `items`, up to the first part for which `build` fails: the values before it stay, and the
/// error is its index.
#[inline]
pub(crate) fn push_each<T, P>(
    items: &mut Vec<T>,
    parts: impl ExactSizeIterator<Item = P>,
    mut build: impl FnMut(P) -> Option<T>,
) -> Result<(), usize> {
    items.reserve(parts.len());
    let old = items.len();
    let mut built = Built { places: items.spare_capacity_mut(), count: 0 };
    let mut all = Ok(());
    for part in parts {
        let Some(value) = build(part) else {
            all = Err(built.count);
            break;
        };
        let Some(place) = built.places.get_mut(built.count) else { break };
        place.write(value);
        built.count += 1;
    }
    let count = built.count;
    core::mem::forget(built);
    // SAFETY: the values up to `old` were there, and `count` behind them have just been written, side by side, within
    // the capacity.
    unsafe { items.set_len(old + count) };
    all
}

/// Values that no list owns yet: the first `count` places are written. Dropped only if building a value panics.
struct Built<'a, T> {
    places: &'a mut [MaybeUninit<T>],
    count: usize,
}

impl<T> Drop for Built<'_, T> {
    // Inlined, so that the count can stay in a register while the list grows.
    #[inline]
    fn drop(&mut self) {
        for place in &mut self.places[..self.count] {
            // SAFETY: it was written, and is dropped only here.
            unsafe { place.assume_init_drop() };
        }
    }
}

//! Runs of proven values, copied whole or seen where they are. This file holds `unsafe` code.
//!
//! The gain that pays for it: an array of structs without `repr(C)` costs 30 % more when it is written and read
//! field by field (measured on 125,000 structs of 12 floats, in the sketch that this grew from).

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

/// The bytes of proven values, to be written over; `None` where not every byte string is a value.
#[inline]
pub(crate) fn bytes_of_mut<'a, T>(items: &'a mut [T], image: &Image<T>) -> Option<&'a mut [u8]> {
    if image.mode() != Mode::Same {
        return None;
    }
    // SAFETY: as in `bytes_of`, borrowed mutably; the proof says that whatever is written is a value.
    Some(unsafe { core::slice::from_raw_parts_mut(items.as_mut_ptr().cast(), size_of_val(items)) })
}

/// Puts the values of a run behind those of `items`; false where there is no proof, and nothing was done.
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
    // SAFETY: the place is that of `count` values in the spare capacity, `bytes` bytes that nothing else borrows; as
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

/// An array of proven values from its bytes; `None` where not every byte string is a value.
#[inline]
pub(crate) fn array<T, const N: usize>(bytes: &[u8], image: &Image<T>) -> Option<[T; N]> {
    if image.mode() != Mode::Same || bytes.len() != size_of::<[T; N]>() {
        return None;
    }
    // SAFETY: there are as many bytes as the array has, read without regard to alignment; the proof says that any
    // bytes are values, and values without padding or pointers may be copied.
    Some(unsafe { bytes.as_ptr().cast::<[T; N]>().read_unaligned() })
}

/// A proven value on the heap, where it is copied without a way over the stack; `None` where there is no proof.
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

/// Writes values over those of `items`; false where there is no proof or the sizes differ, and nothing was done.
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

/// Values that stay where their bytes are; `None` without proof, or where the bytes do not lie as values must.
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

/// Builds values behind those of `items`, up to the first that cannot be; then those built so far stay, and the error
/// is its place among the parts.
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

/// Values that no list owns yet: the first places are written. Dropped only where building one panics.
struct Built<'a, T> {
    places: &'a mut [MaybeUninit<T>],
    count: usize,
}

impl<T> Drop for Built<'_, T> {
    // Inlined, so that the count need not lie in memory while the list grows.
    #[inline]
    fn drop(&mut self) {
        for place in &mut self.places[..self.count] {
            // SAFETY: it was written, and is dropped here alone.
            unsafe { place.assume_init_drop() };
        }
    }
}

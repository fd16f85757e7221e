//! Copies of few bytes, which a call would cost more than. This file holds `unsafe` code; what pays for it stands at
//! [`SHORT`].

use alloc::string::String;
use alloc::vec::Vec;
use core::mem::MaybeUninit;

/// Makes `target` the text `text`, in its own allocation where that suffices.
#[inline]
pub(crate) fn assign(target: &mut String, text: &str) {
    if text.len() > target.capacity() || text.len() > SHORT {
        return assign_long(target, text);
    }
    // SAFETY: the bytes become those of `text`, which are UTF-8; nothing in between can panic.
    let bytes = unsafe { target.as_mut_vec() };
    // SAFETY: so many bytes are in the capacity; as `MaybeUninit` they need not be initialised.
    let place = unsafe { core::slice::from_raw_parts_mut(bytes.as_mut_ptr().cast(), text.len()) };
    copy_short::<0xFF>(text.as_bytes(), place);
    // SAFETY: as many bytes have just been written, within the capacity.
    unsafe { bytes.set_len(text.len()) };
}

/// A string of the first `len` bytes of `text`, which are UTF-8 by themselves.
///
/// Up to 32 bytes are copied in two words that overlap, whatever the length, where as much text follows, into room for
/// 16, 24 or 32: no test of the length has to be foretold, and a string can grow a little in a later restore. More room
/// would cost more than time: under the system allocator, exact strings of 17 to 24 bytes take 32 with all that is kept
/// beside them, but 32 bytes take 48, and the heap of a world of them was given back and faulted in with each load.
///
/// # Safety
/// `text` has at least `len` bytes, and the first `len` are UTF-8.
#[inline]
pub(crate) unsafe fn to_string(text: &[u8], len: usize) -> String {
    let room = len.next_multiple_of(8).max(WORD);
    let bytes = match text.get(..room) {
        _ if len == 0 => Vec::new(),
        // SAFETY: `room` is one or two words, or between, and at least `len`.
        Some(whole) if len <= 2 * WORD => unsafe { first_of(whole, len) },
        _ => long(text, len),
    };
    // SAFETY: the caller says that these bytes are UTF-8.
    unsafe { String::from_utf8_unchecked(bytes) }
}

/// Apart, so that what is inlined for each string is short.
#[inline(never)]
fn long(text: &[u8], len: usize) -> Vec<u8> {
    text[..len].to_vec()
}

/// What is copied at once.
const WORD: usize = 16;

/// The first `len` of some bytes, in a vector with room for all of them.
///
/// # Safety
/// There are one to two words of them, and at least `len`.
#[inline]
unsafe fn first_of(from: &[u8], len: usize) -> Vec<u8> {
    let mut bytes = Vec::<u8>::with_capacity(from.len());
    let last = from.len() - WORD;
    for at in [0, last] {
        // SAFETY: the caller says that a word begins at 0, and one ends at the end.
        let source = unsafe { from.as_ptr().add(at) };
        // SAFETY: as above, a word is there, and an array of bytes may lie anywhere.
        let word = unsafe { source.cast::<[u8; WORD]>().read() };
        // SAFETY: there is space for as many bytes as `from` has.
        let place = unsafe { bytes.as_mut_ptr().add(at) };
        // SAFETY: as of `source`.
        unsafe { place.cast::<[u8; WORD]>().write(word) };
    }
    // SAFETY: all of `from` has just been written, which the caller says is at least `len`.
    unsafe { bytes.set_len(len) };
    bytes
}

#[inline(never)]
fn assign_long(target: &mut String, text: &str) {
    target.clear();
    target.push_str(text);
}

/// The longest that is copied as words at four places, which overlap where there are fewer than four.
///
/// What pays for it: 500 saved players with 30,000 short strings took 1.4 times as long to write and to restore with a
/// test for each doubling of the length, which cannot be foretold, and 1.2 times as long with a call for each copy.
pub(crate) const SHORT: usize = 63;

/// Copies at most [`SHORT`] bytes into as many, each with `MASK` taken of it.
#[inline]
pub(super) fn copy_short<const MASK: u8>(from: &[u8], to: &mut [MaybeUninit<u8>]) {
    let len = from.len();
    if to.len() != len || len > SHORT {
        return;
    }
    if len >= 16 {
        copy_four::<16>(from, to, |word| (u128::from_ne_bytes(word) & u128::from_ne_bytes([MASK; 16])).to_ne_bytes());
    } else if len >= 4 {
        copy_four::<4>(from, to, |word| (u32::from_ne_bytes(word) & u32::from_ne_bytes([MASK; 4])).to_ne_bytes());
    } else if len > 0 {
        let (first, middle, last) = (from[0] & MASK, from[len / 2] & MASK, from[len - 1] & MASK);
        to[0].write(first);
        to[len / 2].write(middle);
        to[len - 1].write(last);
    }
}

/// Copies `N` to `4 * N - 1` bytes: the first word and the last, and two between that are the same ones again if there
/// are fewer than `2 * N` bytes.
///
/// Nothing here is left to the optimiser that it may leave undone: arrays of words that are mapped, or words that are
/// moved byte by byte, became shuffles of single bytes wherever the crate is compiled in several units.
#[inline]
fn copy_four<const N: usize>(from: &[u8], to: &mut [MaybeUninit<u8>], masked: impl Fn([u8; N]) -> [u8; N]) {
    const { assert!(N.is_power_of_two()) };
    let len = from.len();
    assert!(len == to.len() && len >= N && len < 4 * N);
    // `N` from `2 * N` bytes on.
    let step = (len / 2) & N;
    let read = |at: usize| {
        // SAFETY: a word at each of the places below ends within `from`: the last one at its end, and the others not
        // behind that, because `step` is 0, or `N` where there are `2 * N` bytes.
        let place = unsafe { from.as_ptr().add(at) };
        // SAFETY: as said, `N` bytes are there, and an array of bytes may lie anywhere.
        masked(unsafe { place.cast::<[u8; N]>().read() })
    };
    let (first, second, third, last) = (read(0), read(step), read(len - N - step), read(len - N));
    let mut write = |at: usize, word: [u8; N]| {
        // SAFETY: as above, of `to`, which is as long.
        let place = unsafe { to.as_mut_ptr().add(at) };
        // SAFETY: as said, `N` bytes are there, and an array of bytes may lie anywhere.
        unsafe { place.cast::<[u8; N]>().write(word) };
    };
    write(0, first);
    write(step, second);
    write(len - N - step, third);
    write(len - N, last);
}

/// Copies bytes, each with `MASK` taken of it, into space of their length.
#[inline]
pub(super) fn copy_masked<const MASK: u8>(from: &[u8], to: &mut [MaybeUninit<u8>]) {
    let Some(to) = to.get_mut(..from.len()) else { return };
    if from.len() > SHORT { copy_long(from, to, MASK) } else { copy_short::<MASK>(from, to) }
}

#[inline(never)]
fn copy_long(from: &[u8], to: &mut [MaybeUninit<u8>], mask: u8) {
    if mask == 0xFF && from.len() == to.len() {
        // SAFETY: both have as many bytes; they do not overlap, because one is borrowed mutably.
        unsafe { core::ptr::copy_nonoverlapping(from.as_ptr(), to.as_mut_ptr().cast(), from.len()) };
        return;
    }
    for (place, byte) in to.iter_mut().zip(from) {
        place.write(byte & mask);
    }
}

/// Copies text or bytes of any length into space of their length.
#[inline]
pub(crate) fn copy(from: &[u8], to: &mut [u8]) {
    if from.len() > SHORT || from.len() != to.len() {
        return to.copy_from_slice(from);
    }
    // SAFETY: the same place, seen as bytes that may be uninitialised; `copy_masked` writes only bytes that are not.
    let to = unsafe { core::slice::from_raw_parts_mut(to.as_mut_ptr().cast(), to.len()) };
    copy_masked::<0xFF>(from, to);
}

#[cfg(test)]
mod tests {
    use alloc::string::String;
    use alloc::vec::Vec;

    use crate::protocol::memory::short::{SHORT, assign, copy, copy_masked, to_string};

    /// Lengths on both sides of every bound.
    const LENGTHS: core::ops::Range<usize> = 0..2 * SHORT + 10;

    #[test]
    fn every_length_is_copied_and_no_byte_more() {
        let from: Vec<u8> = (0..=255).collect();
        for len in LENGTHS {
            let mut to = [0xAA; 256];
            copy(&from[..len], &mut to[3..3 + len]);
            assert_eq!(to[3..3 + len], from[..len]);
            assert!(to[..3].iter().chain(&to[3 + len..]).all(|&byte| byte == 0xAA), "{len}");
        }
    }

    #[test]
    fn a_mask_holds_for_every_byte() {
        for len in LENGTHS {
            let mut to = Vec::<u8>::with_capacity(len);
            copy_masked::<1>(&[0xFF; 256][..len], to.spare_capacity_mut());
            // SAFETY: as many bytes have just been written, within the capacity.
            unsafe { to.set_len(len) };
            assert!(to.iter().all(|&byte| byte == 1), "{len}");
        }
    }

    #[test]
    fn strings_hold_their_text_whatever_follows_it() {
        let text: String = ('a'..='z').cycle().take(256).collect();
        for len in LENGTHS {
            for behind in [0, 1, 7, 8, 15, 16, 17, 31, 32, 100] {
                // SAFETY: it is ASCII, and longer than `len`.
                let string = unsafe { to_string(&text.as_bytes()[..len + behind], len) };
                assert_eq!(string, text[..len]);
                for old in [0, 1, 20, 70] {
                    let mut target = String::from(&text[..old]);
                    assign(&mut target, &string);
                    assert_eq!(target, string);
                }
            }
        }
    }
}

//! Copies of a few bytes, for which a call would cost more than the copy. This file holds `unsafe` code; [`SHORT`] says
//! what justifies it.

use alloc::string::String;
use alloc::vec::Vec;
use core::mem::MaybeUninit;

/// Makes `target` equal to `text`, reusing its allocation if that suffices.
#[inline]
pub(crate) fn assign(target: &mut String, text: &str) {
    if text.len() > target.capacity() || text.len() > SHORT {
        return assign_long(target, text);
    }
    // SAFETY: the bytes become those of `text`, which are UTF-8; nothing in between can panic.
    let bytes = unsafe { target.as_mut_vec() };
    // SAFETY: the capacity has at least that many bytes; as `MaybeUninit` they need not be initialised.
    let place = unsafe { core::slice::from_raw_parts_mut(bytes.as_mut_ptr().cast(), text.len()) };
    copy_short::<0xFF>(text.as_bytes(), place);
    // SAFETY: that many bytes have just been written, within the capacity.
    unsafe { bytes.set_len(text.len()) };
}

/// A string of the first `len` bytes of `text`, which are UTF-8 by themselves.
///
/// If enough text follows, up to 32 bytes are copied as two words that overlap, whatever the length, into room for 16,
/// 24 or 32: no branch on the length has to be predicted, and a string can grow a little in a later restore. More room
/// would cost more than time: under the system allocator, exact strings of 17 to 24 bytes occupy 32 with its
/// bookkeeping, but 32 bytes occupy 48, and the heap of a world of such strings was returned and faulted in again with
/// each load.
///
/// # Safety
/// `text` has at least `len` bytes, and the first `len` are UTF-8.
#[inline]
pub(crate) unsafe fn to_string(text: &[u8], len: usize) -> String {
    let room = len.next_multiple_of(8).max(WORD);
    let bytes = match text.get(..room) {
        _ if len == 0 => Vec::new(),
        // SAFETY: `room` is between one and two words, and at least `len`.
        Some(whole) if len <= 2 * WORD => unsafe { first_of(whole, len) },
        _ => long(text, len),
    };
    // SAFETY: the caller says that these bytes are UTF-8.
    unsafe { String::from_utf8_unchecked(bytes) }
}

/// A separate function, so that the code inlined for each string is short.
#[inline(never)]
fn long(text: &[u8], len: usize) -> Vec<u8> {
    text[..len].to_vec()
}

/// The number of bytes copied at once.
const WORD: usize = 16;

/// Copies the first `len` of some bytes into a vector with room for all of them.
///
/// # Safety
/// `from` has one to two words, and at least `len` bytes.
#[inline]
unsafe fn first_of(from: &[u8], len: usize) -> Vec<u8> {
    let mut bytes = Vec::<u8>::with_capacity(from.len());
    let last = from.len() - WORD;
    for at in [0, last] {
        // SAFETY: the caller says that a word begins at 0, and that one ends at the end.
        let source = unsafe { from.as_ptr().add(at) };
        // SAFETY: as above, a word is there, and an array of bytes may lie anywhere.
        let word = unsafe { source.cast::<[u8; WORD]>().read() };
        // SAFETY: there is space for as many bytes as `from` has.
        let place = unsafe { bytes.as_mut_ptr().add(at) };
        // SAFETY: as for `source`.
        unsafe { place.cast::<[u8; WORD]>().write(word) };
    }
    // SAFETY: all of `from` has just been written, which the caller says is at least `len` bytes.
    unsafe { bytes.set_len(len) };
    bytes
}

#[inline(never)]
fn assign_long(target: &mut String, text: &str) {
    target.clear();
    target.push_str(text);
}

/// The greatest length that is copied as words at four places, which overlap if there are fewer than four words.
///
/// What justifies it: 500 saved players with 30,000 short strings took 1.4 times as long to write and to restore with a
/// branch for each doubling of the length, which cannot be predicted, and 1.2 times as long with a call for each copy.
pub(crate) const SHORT: usize = 63;

/// Copies at most [`SHORT`] bytes into as many, each masked with `MASK`.
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

/// Copies `N` to `4 * N - 1` bytes: the first word and the last, and two between them, which are the same words again
/// if there are fewer than `2 * N` bytes.
///
/// Nothing here depends on optimisations that may not happen: mapping arrays of words, or moving words byte by byte,
/// became shuffles of single bytes if the crate was compiled in several codegen units.
#[inline]
fn copy_four<const N: usize>(from: &[u8], to: &mut [MaybeUninit<u8>], masked: impl Fn([u8; N]) -> [u8; N]) {
    const { assert!(N.is_power_of_two()) };
    let len = from.len();
    assert!(len == to.len() && len >= N && len < 4 * N);
    // `N` for `2 * N` bytes or more, otherwise 0.
    let step = (len / 2) & N;
    let read = |at: usize| {
        // SAFETY: a word at each of the places below ends within `from`: the last ends at its end, and the others no
        // later, because `step` is 0, or `N` if there are at least `2 * N` bytes.
        let place = unsafe { from.as_ptr().add(at) };
        // SAFETY: as said, `N` bytes are there, and an array of bytes may lie anywhere.
        masked(unsafe { place.cast::<[u8; N]>().read() })
    };
    let (first, second, third, last) = (read(0), read(step), read(len - N - step), read(len - N));
    let mut write = |at: usize, word: [u8; N]| {
        // SAFETY: as above, for `to`, which is as long.
        let place = unsafe { to.as_mut_ptr().add(at) };
        // SAFETY: as said, `N` bytes are there, and an array of bytes may lie anywhere.
        unsafe { place.cast::<[u8; N]>().write(word) };
    };
    write(0, first);
    write(step, second);
    write(len - N - step, third);
    write(len - N, last);
}

/// Copies bytes, each masked with `MASK`, into space of their length.
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
    // SAFETY: the same place, viewed as bytes that may be uninitialised; `copy_masked` writes only initialised ones.
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
            // SAFETY: that many bytes have just been written, within the capacity.
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

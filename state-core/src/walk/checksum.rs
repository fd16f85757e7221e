//! The checksum by which Cython identifies the members of a class: the first seven hexadecimal digits of the SHA-256
//! (FIPS 180-4) of their sorted names, joined by spaces.

use alloc::format;
use alloc::vec::Vec;

use crate::error::{Error, ErrorKind, Result};

/// Returns the checksum of sorted names.
pub(crate) fn of(names: &[&str]) -> u32 {
    sha256(names.join(" ").as_bytes())[0] >> 4
}

/// Checks that a checksum is that of these names.
///
/// # Errors
/// The checksum belongs to other names.
pub(crate) fn test(names: &[&str], checksum: i128) -> Result<()> {
    let own = of(names);
    if checksum == i128::from(own) {
        return Ok(());
    }
    let expected = format!("the members {} (checksum {own:#x})", names.join(", "));
    Err(Error::new(ErrorKind::Malformed, expected, format!("others, with the checksum {checksum:#x}")))
}

/// The first 32 bits of the fractions of the square roots of the first eight primes.
const START: [u32; 8] = fractions(2);

/// The first 32 bits of the fractions of the cube roots of the first 64 primes.
const CONSTANTS: [u32; 64] = fractions(3);

/// Returns the hash of a message, as eight words.
pub(crate) fn sha256(message: &[u8]) -> [u32; 8] {
    let mut padded = Vec::from(message);
    padded.push(0x80);
    padded.resize((padded.len() + 8).next_multiple_of(64) - 8, 0);
    padded.extend((message.len() as u64 * 8).to_be_bytes());
    let mut state = START;
    for block in padded.chunks_exact(64) {
        compress(&mut state, block);
    }
    state
}

#[expect(clippy::many_single_char_names, reason = "the names of the standard")]
fn compress(state: &mut [u32; 8], block: &[u8]) {
    let mut words = [0_u32; 64];
    for (word, bytes) in words.iter_mut().zip(block.chunks_exact(4)) {
        *word = bytes.iter().fold(0, |word, &byte| word << 8 | u32::from(byte));
    }
    for at in 16..64 {
        let (early, late) = (words[at - 15], words[at - 2]);
        let early = early.rotate_right(7) ^ early.rotate_right(18) ^ early >> 3;
        let late = late.rotate_right(17) ^ late.rotate_right(19) ^ late >> 10;
        words[at] = words[at - 16].wrapping_add(early).wrapping_add(words[at - 7]).wrapping_add(late);
    }
    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = *state;
    for (constant, word) in CONSTANTS.iter().zip(words) {
        let sum = e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25);
        let choice = e & f ^ !e & g;
        let first = h.wrapping_add(sum).wrapping_add(choice).wrapping_add(*constant).wrapping_add(word);
        let sum = a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22);
        let majority = a & b ^ a & c ^ b & c;
        let second = sum.wrapping_add(majority);
        (h, g, f, e, d, c, b, a) = (g, f, e, d.wrapping_add(first), c, b, a, first.wrapping_add(second));
    }
    for (word, add) in state.iter_mut().zip([a, b, c, d, e, f, g, h]) {
        *word = word.wrapping_add(add);
    }
}

/// Computes SHA-256's constants: the first 32 bits of the fractions of the square or cube roots of the first primes.
const fn fractions<const N: usize>(root: u32) -> [u32; N] {
    let mut fractions = [0; N];
    let (mut at, mut candidate) = (0, 2_u128);
    while at < N {
        let mut divisor = 2;
        while candidate % divisor != 0 {
            divisor += 1;
        }
        if divisor == candidate {
            fractions[at] = fraction(candidate, root);
            at += 1;
        }
        candidate += 1;
    }
    fractions
}

const fn fraction(prime: u128, root: u32) -> u32 {
    // The root of prime · 2^(32·root), found bit by bit, consists of the integer part and 32 bits of the fraction.
    let target = prime << (32 * root);
    let (mut found, mut bit) = (0_u128, 1_u128 << 37);
    while bit != 0 {
        let tried = found | bit;
        let power = if root == 2 { tried * tried } else { tried * tried * tried };
        if power <= target {
            found = tried;
        }
        bit >>= 1;
    }
    found as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_of_the_standard() {
        // The one-block example of FIPS 180-4, and the empty message.
        assert_eq!(sha256(b"abc")[..2], [0xBA78_16BF, 0x8F01_CFEA]);
        assert_eq!(sha256(b"")[..2], [0xE3B0_C442, 0x98FC_1C14]);
        assert_eq!(sha256(&[b'a'; 1000])[0], 0x41ED_ECE4);
    }

    #[test]
    fn names_as_cython_has_them() {
        assert_eq!(of(&["x", "y"]), 0x0887_fcea);
    }
}

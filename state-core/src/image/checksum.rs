//! XXH64, the checksum of saved files.
//!
//! It was chosen over the CRC of streams and the FNV of fingerprints because each save computes it over a whole file:
//! it processes four lanes at a time in safe code without instructions of a particular processor, it is specified with
//! test vectors, and other tools compute it (`xxhsum -H64`).

use crate::error::{Error, ErrorKind, Result};

use super::explain::MOST_PARTS;
use super::header;
use crate::schema::fingerprint::hash;
use crate::schema::parse_some;

/// The checksum of bytes: XXH64 with the seed 0, the same on every machine.
///
/// It detects damage, not tampering: whoever changes a file on purpose can change its checksum too. Equal states with
/// hash maps or sets that are not `#[state(sorted)]` can have different bytes, and so different checksums;
/// [`History::checksum`](crate::History::checksum), which knows the type, refuses them.
///
/// ```
/// use state_core::image::checksum;
///
/// assert_eq!(checksum(b""), 0xEF46_DB37_51D8_E999);
/// assert_eq!(checksum(b"abc"), 0x44BC_2CF5_AD77_0999);
/// ```
#[must_use]
pub fn checksum(bytes: &[u8]) -> u64 {
    let mut sum = Checksum::new();
    sum.add(bytes);
    sum.finish()
}

/// Verifies the checksum that [`save`](super::save) appends to a state; returns false if the bytes have none.
///
/// ```
/// use state_core::{dumps, image::verify};
///
/// assert!(!verify(&dumps(&7)?)?);
/// # Ok::<(), state_core::Error>(())
/// ```
///
/// # Errors
/// If the checksum does not match the bytes, or they are not a native state.
pub fn verify(bytes: &[u8]) -> Result<bool> {
    let image = header::Image::open(bytes)?;
    let Some(expected) = image.checksum else { return Ok(false) };
    let found = checksum(image.bytes);
    if found == expected {
        return Ok(true);
    }
    if let Some(missing) = incomplete(&image) {
        return Err(missing);
    }
    let error = Error::new(
        ErrorKind::Malformed,
        alloc::format!("a file that is neither damaged nor incomplete, with the checksum {expected:016x}"),
        alloc::format!("{found:016x}"),
    );
    Err(error.at_byte(image.bytes.len()))
}

/// Returns what is wrong with the length of a state whose schema is intact.
#[cold]
fn incomplete(image: &header::Image<'_>) -> Option<Error> {
    let schema = image.schema.filter(|schema| hash(schema) == image.fingerprint)?;
    let (nodes, root) = parse_some(schema, MOST_PARTS).ok()??;
    let error = image.regions(nodes.0.get(root)?.head).err().filter(|error| error.kind() == ErrorKind::Length)?;
    let expected = alloc::format!("a whole file of {}", error.expected());
    Some(Error::new(ErrorKind::Length, expected, alloc::string::String::from(error.found())).at_byte(error.offset()?))
}

const PRIMES: [u64; 5] =
    [0x9E37_79B1_85EB_CA87, 0xC2B2_AE3D_27D4_EB4F, 0x1656_67B1_9E37_79F9, 0x85EB_CA77_C2B2_AE63, 0x27D4_EB2F_1656_67C5];

/// The number of bytes that the lanes process at a time.
const STRIPE: usize = 32;

/// A checksum that is computed in pieces.
pub(super) struct Checksum {
    lanes: [u64; 4],
    /// The bytes since the last whole stripe.
    rest: [u8; STRIPE],
    len: u64,
}

impl Checksum {
    pub fn new() -> Self {
        let lanes = [PRIMES[0].wrapping_add(PRIMES[1]), PRIMES[1], 0, PRIMES[0].wrapping_neg()];
        Self { lanes, rest: [0; STRIPE], len: 0 }
    }

    pub fn add(&mut self, bytes: &[u8]) {
        let filled = (self.len % STRIPE as u64) as usize;
        self.len = self.len.wrapping_add(bytes.len() as u64);
        let mut bytes = bytes;
        if filled > 0 {
            let (first, behind) = bytes.split_at(bytes.len().min(STRIPE - filled));
            self.rest[filled..filled + first.len()].copy_from_slice(first);
            if filled + first.len() < STRIPE {
                return;
            }
            self.lanes = stripe(self.lanes, &self.rest);
            bytes = behind;
        }
        let mut lanes = self.lanes;
        while let Some((whole, behind)) = bytes.split_first_chunk() {
            lanes = stripe(lanes, whole);
            bytes = behind;
        }
        self.lanes = lanes;
        self.rest[..bytes.len()].copy_from_slice(bytes);
    }

    pub fn finish(&self) -> u64 {
        let [a, b, c, d] = self.lanes;
        let mut sum = if self.len < STRIPE as u64 {
            PRIMES[4]
        } else {
            let turns = [a.rotate_left(1), b.rotate_left(7), c.rotate_left(12), d.rotate_left(18)];
            let sum = turns.into_iter().fold(0, u64::wrapping_add);
            self.lanes
                .into_iter()
                .fold(sum, |sum, lane| (sum ^ round(0, lane)).wrapping_mul(PRIMES[0]).wrapping_add(PRIMES[3]))
        };
        sum = sum.wrapping_add(self.len);
        let mut rest = &self.rest[..(self.len % STRIPE as u64) as usize];
        while let Some((eight, behind)) = rest.split_first_chunk::<8>() {
            sum ^= round(0, u64::from_le_bytes(*eight));
            sum = sum.rotate_left(27).wrapping_mul(PRIMES[0]).wrapping_add(PRIMES[3]);
            rest = behind;
        }
        if let Some((four, behind)) = rest.split_first_chunk::<4>() {
            sum ^= u64::from(u32::from_le_bytes(*four)).wrapping_mul(PRIMES[0]);
            sum = sum.rotate_left(23).wrapping_mul(PRIMES[1]).wrapping_add(PRIMES[2]);
            rest = behind;
        }
        for &byte in rest {
            sum ^= u64::from(byte).wrapping_mul(PRIMES[4]);
            sum = sum.rotate_left(11).wrapping_mul(PRIMES[0]);
        }
        sum = (sum ^ sum >> 33).wrapping_mul(PRIMES[1]);
        sum = (sum ^ sum >> 29).wrapping_mul(PRIMES[2]);
        sum ^ sum >> 32
    }
}

#[inline]
fn stripe(mut lanes: [u64; 4], bytes: &[u8; STRIPE]) -> [u64; 4] {
    for (lane, eight) in lanes.iter_mut().zip(bytes.chunks_exact(8)) {
        *lane = round(*lane, eight.try_into().map_or(0, u64::from_le_bytes));
    }
    lanes
}

#[inline]
fn round(lane: u64, eight: u64) -> u64 {
    lane.wrapping_add(eight.wrapping_mul(PRIMES[1])).rotate_left(31).wrapping_mul(PRIMES[0])
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::{Checksum, checksum};

    /// Prefixes of a pattern, with the results of the reference implementation.
    #[test]
    fn known_values() {
        let bytes: Vec<u8> = (0..=255).map(|n: u8| n.wrapping_mul(7).wrapping_add(3)).collect();
        for (len, expected) in VECTORS {
            assert_eq!(checksum(&bytes[..len]), expected, "{len}");
        }
        assert_eq!(checksum(b"Nobody inspects the spammish repetition"), 0xFBCE_A83C_8A37_8BF1);
    }

    #[test]
    fn pieces_do_not_matter() {
        let bytes: Vec<u8> = (0..150).collect();
        for first in 0..bytes.len() {
            for second in [first, (first + 5).min(150), (first + 40).min(150)] {
                let mut sum = Checksum::new();
                for piece in [&bytes[..first], &bytes[first..second], &bytes[second..]] {
                    sum.add(piece);
                }
                assert_eq!(sum.finish(), checksum(&bytes), "{first} {second}");
            }
        }
    }

    const VECTORS: [(usize, u64); 16] = [
        (0, 0xEF46_DB37_51D8_E999),
        (1, 0x1F25_C8D0_BC1F_4BB6),
        (3, 0x31D2_363F_52E5_64C9),
        (4, 0x9BB6_4B7D_66EE_9FDA),
        (5, 0xC760_8EFD_DB70_51FE),
        (8, 0xDAB9_9D95_C6F9_0092),
        (13, 0xF78B_0313_08F5_BFC8),
        (31, 0xA2AA_5F33_CC4A_6119),
        (32, 0x23C3_C17E_F790_FD97),
        (33, 0x50A7_CFC7_BA58_8784),
        (63, 0x5E3E_54B4_31C7_493C),
        (64, 0x0EB6_4B3E_F6EE_B01F),
        (95, 0xF6FF_B910_3991_895F),
        (128, 0x46FB_CFBF_0150_793F),
        (255, 0x39AE_55A2_9989_206F),
        (256, 0x00CF_C520_7DD8_E201),
    ];
}

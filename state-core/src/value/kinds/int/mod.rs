//! The integer of a dynamic value: one type of any size, for Rust's and Python's integers.

mod bytes;
mod convert;
mod float;
#[cfg(feature = "num-bigint")]
mod num_bigint;
mod text;

use alloc::{boxed::Box, vec::Vec};
use core::cmp::Ordering;

pub use crate::value::kinds::int::text::ParseIntError;

/// An integer of any size, compared and printed by its value.
///
/// A number of up to 128 bits and a sign is stored inline; only larger ones are allocated.
///
/// ```
/// use state_core::value::Int;
///
/// let number = Int::from(30_u8);
/// assert_eq!(number, Int::from(30_i128));
/// assert_eq!(number, 30);
/// assert_eq!(i64::try_from(&number), Ok(30));
/// assert!(u8::try_from(Int::from(-1)).is_err());
///
/// let googol: Int = format!("1{}", "0".repeat(100)).parse()?;
/// assert!(googol > u128::MAX.into());
/// assert_eq!(googol.to_string().len(), 101);
/// # Ok::<(), state_core::value::ParseIntError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Int(Repr);

/// The representation of an integer. It is unique, so equal numbers have equal representations.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Repr {
    /// Magnitudes below 2^128; zero is never negative. The two halves have an alignment of 8, while a `u128` would make
    /// every value larger.
    Small { negative: bool, magnitude: [u64; 2] },
    /// All others, with at least three limbs, the least significant first, and the last not zero.
    Large { negative: bool, limbs: Box<[u64]> },
}

impl Int {
    const fn small(negative: bool, magnitude: u128) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "the cut is the purpose")]
        let magnitude = [magnitude as u64, (magnitude >> 64) as u64];
        Self(Repr::Small { negative, magnitude })
    }

    /// Makes a number from limbs, which may end in zeros.
    fn from_limbs(negative: bool, mut limbs: Vec<u64>) -> Self {
        limbs.truncate(significant(&limbs).len());
        match *limbs {
            [] => Self::small(false, 0),
            [low] => Self(Repr::Small { negative, magnitude: [low, 0] }),
            [low, high] => Self(Repr::Small { negative, magnitude: [low, high] }),
            _ => Self(Repr::Large { negative, limbs: limbs.into() }),
        }
    }

    /// The limbs of the magnitude, without zeros at the end.
    fn limbs(&self) -> &[u64] {
        match &self.0 {
            Repr::Small { magnitude, .. } => significant(magnitude),
            Repr::Large { limbs, .. } => limbs,
        }
    }

    /// The magnitude, if it has at most 128 bits.
    fn magnitude(&self) -> Option<u128> {
        match self.0 {
            Repr::Small { magnitude: [low, high], .. } => Some(u128::from(high) << 64 | u128::from(low)),
            Repr::Large { .. } => None,
        }
    }

    /// Whether the number is less than zero.
    #[must_use]
    pub const fn is_negative(&self) -> bool {
        match self.0 {
            Repr::Small { negative, .. } | Repr::Large { negative, .. } => negative,
        }
    }

    /// The number of bits of the magnitude, like Python's `int.bit_length`.
    ///
    /// ```
    /// use state_core::value::Int;
    ///
    /// assert_eq!(Int::from(0).bits(), 0);
    /// assert_eq!(Int::from(-256).bits(), 9);
    /// ```
    #[must_use]
    pub fn bits(&self) -> usize {
        let limbs = self.limbs();
        let unused = limbs.last().map_or(0, |last| last.leading_zeros() as usize);
        limbs.len() * 64 - unused
    }
}

/// Returns the limbs up to the last that is not zero.
fn significant(limbs: &[u64]) -> &[u64] {
    let zeros = limbs.iter().rev().take_while(|&&limb| limb == 0).count();
    &limbs[..limbs.len() - zeros]
}

impl Default for Int {
    fn default() -> Self {
        Self::small(false, 0)
    }
}

impl Ord for Int {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_magnitude = || {
            let (a, b) = (self.limbs(), other.limbs());
            a.len().cmp(&b.len()).then_with(|| a.iter().rev().cmp(b.iter().rev()))
        };
        match (self.is_negative(), other.is_negative()) {
            (false, false) => by_magnitude(),
            (true, true) => by_magnitude().reverse(),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }
}

impl PartialOrd for Int {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use crate::value::Value;
    use crate::value::kinds::int::Int;

    #[test]
    fn an_int_is_no_larger_than_text() {
        assert!(size_of::<Int>() <= 24);
        assert!(size_of::<Value>() <= 32);
    }

    #[test]
    fn order_is_by_value() {
        let sorted = [
            "-680564733841876926926749214863536422912".parse().unwrap_or_default(),
            Int::from(i128::MIN),
            Int::from(-2),
            Int::from(-1),
            Int::from(0),
            Int::from(1_u64 << 63),
            Int::from(u128::MAX),
            "340282366920938463463374607431768211456".parse().unwrap_or_default(),
            "340282366920938463463374607431768211457".parse().unwrap_or_default(),
        ];
        assert!(sorted.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn the_sizes_at_which_the_form_changes() {
        assert_eq!(Int::from(u128::MAX).limbs().len(), 2);
        assert_eq!(Int::from_limbs(true, [0, 0, 1, 0].to_vec()).bits(), 129);
        assert_eq!(Int::from_limbs(true, [7, 0, 0].to_vec()), Int::from(-7));
        assert_eq!(Int::from_limbs(true, [0, 0, 0].to_vec()), Int::from(0));
    }
}

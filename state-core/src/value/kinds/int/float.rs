//! Integers as floats, if a float represents them exactly.

use crate::value::kinds::int::Int;

impl Int {
    /// The number as a float, if a float represents it exactly.
    ///
    /// ```
    /// use state_core::value::Int;
    ///
    /// assert_eq!(Int::from(1_u64 << 53).as_f64(), Some(9007199254740992.0));
    /// assert_eq!(Int::from((1_u64 << 53) + 1).as_f64(), None);
    /// ```
    #[must_use]
    pub fn as_f64(&self) -> Option<f64> {
        let width = self.bits();
        let zeros = self.trailing_zeros();
        if width - zeros > f64::MANTISSA_DIGITS as usize || width > f64::MAX_EXP as usize {
            return None;
        }
        #[expect(clippy::cast_precision_loss, reason = "its digits were counted")]
        let digits = self.bits_from(zeros) as f64;
        // A power of two is represented by its exponent with the bias of an `f64`, which is in range because of the
        // width.
        let scale = f64::from_bits((zeros as u64 + 1023) << 52);
        Some(if self.is_negative() { -digits * scale } else { digits * scale })
    }

    fn trailing_zeros(&self) -> usize {
        let limbs = self.limbs();
        let whole = limbs.iter().take_while(|&&limb| limb == 0).count();
        whole * 64 + limbs.get(whole).map_or(0, |limb| limb.trailing_zeros() as usize)
    }

    /// Returns the 64 bits of the magnitude from `at` on.
    fn bits_from(&self, at: usize) -> u64 {
        let limb = |place: usize| self.limbs().get(place).copied().map_or(0, u128::from);
        ((limb(at / 64) | limb(at / 64 + 1) << 64) >> (at % 64)) as u64
    }
}

#[cfg(test)]
mod tests {
    use crate::value::kinds::int::float::Int;

    #[test]
    fn a_float_is_given_only_if_it_is_exact() {
        assert_eq!(Int::from(0).as_f64(), Some(0.0));
        assert_eq!(Int::from(i128::MIN).as_f64(), Some(-(2_f64.powi(127))));
        assert_eq!(Int::from(u128::MAX).as_f64(), None);
        assert_eq!(Int::from(-(1_i64 << 53) - 1).as_f64(), None);
        assert_eq!(Int::from(3_u128 << 126).as_f64(), Some(3.0 * 2_f64.powi(126)));
    }

    #[test]
    fn the_largest_float_is_the_last() {
        let mut bytes = [0_u8; 129];
        bytes[121..128].copy_from_slice(&[0xf8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
        assert_eq!(Int::from_le_bytes_signed(&bytes).as_f64(), Some(f64::MAX));
        bytes[128] = 1;
        bytes[121..128].fill(0);
        assert_eq!(Int::from_le_bytes_signed(&bytes).as_f64(), None);
    }
}

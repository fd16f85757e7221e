//! Integers as two's complement bytes, the form of large integers in a pickle.

use alloc::vec::Vec;

use crate::value::kinds::int::Int;

impl Int {
    /// Reads a two's complement number, least significant byte first; no bytes are zero. Python's
    /// `int.from_bytes(bytes, "little", signed=True)`.
    ///
    /// ```
    /// use state_core::value::Int;
    ///
    /// assert_eq!(Int::from_le_bytes_signed(&[]), 0);
    /// assert_eq!(Int::from_le_bytes_signed(&[0xff]), -1);
    /// assert_eq!(Int::from_le_bytes_signed(&[0xff, 0]), 255);
    /// ```
    #[must_use]
    pub fn from_le_bytes_signed(bytes: &[u8]) -> Self {
        let negative = bytes.last().is_some_and(|&last| last >= 0x80);
        let fill = if negative { 0xff } else { 0 };
        if bytes.len() <= 16 {
            let mut all = [fill; 16];
            all[..bytes.len()].copy_from_slice(bytes);
            return Self::from(i128::from_le_bytes(all));
        }
        let mut limbs: Vec<u64> = bytes
            .chunks(8)
            .map(|chunk| {
                let mut limb = [fill; 8];
                limb[..chunk.len()].copy_from_slice(chunk);
                u64::from_le_bytes(limb)
            })
            .collect();
        if negative {
            // The magnitude of the least number needs one more bit, and so another limb.
            if negate(&mut limbs) {
                limbs.push(1);
            }
        }
        Self::from_limbs(negative, limbs)
    }

    /// The number as two's complement, least significant byte first, in as few bytes as possible; zero has none.
    ///
    /// ```
    /// use state_core::value::Int;
    ///
    /// assert!(Int::from(0).to_le_bytes_signed().is_empty());
    /// assert_eq!(Int::from(-128).to_le_bytes_signed(), [0x80]);
    /// assert_eq!(Int::from(128).to_le_bytes_signed(), [0x80, 0]);
    /// ```
    #[must_use]
    pub fn to_le_bytes_signed(&self) -> Vec<u8> {
        let mut limbs = Vec::with_capacity(self.limbs().len() + 1);
        limbs.extend_from_slice(self.limbs());
        limbs.push(0);
        if self.is_negative() {
            negate(&mut limbs);
        }
        let mut bytes: Vec<u8> = limbs.into_iter().flat_map(u64::to_le_bytes).collect();
        let fill = if self.is_negative() { 0xff } else { 0 };
        // The last byte is redundant if it only repeats the sign of the one before it.
        let sign = fill & 0x80;
        let says_nothing = |bytes: &[u8]| match *bytes {
            [.., before, last] => last == fill && before & 0x80 == sign,
            [last] => last == 0,
            [] => false,
        };
        while says_nothing(&bytes) {
            bytes.pop();
        }
        bytes
    }
}

/// Negates a two's complement number. Returns whether it was zero, because then the carry remains.
fn negate(limbs: &mut [u64]) -> bool {
    let mut carry = true;
    for limb in limbs {
        (*limb, carry) = (!*limb).overflowing_add(u64::from(carry));
    }
    carry
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use crate::value::kinds::int::bytes::Int;

    #[test]
    fn bytes_go_both_ways_around_each_width() {
        for bits in [7, 8, 63, 64, 65, 127, 128, 129, 191, 192, 1000] {
            let mut power = vec![0_u8; bits / 8];
            power.push(1 << (bits % 8));
            power.push(0);
            let above = Int::from_le_bytes_signed(&power);
            assert_eq!(above.bits(), bits + 1, "{bits}");
            assert_eq!(Int::from_le_bytes_signed(&above.to_le_bytes_signed()), above);
        }
        let least = [&[0_u8; 23][..], &[0x80]].concat();
        let number = Int::from_le_bytes_signed(&least);
        assert_eq!((number.is_negative(), number.bits()), (true, 192));
        assert_eq!(number.to_le_bytes_signed(), least);
    }

    #[test]
    fn fill_at_the_end_changes_nothing() {
        assert_eq!(Int::from_le_bytes_signed(&[0xff; 100]), -1);
        assert_eq!(Int::from_le_bytes_signed(&[0; 100]), 0);
        assert_eq!(Int::from(-1).to_le_bytes_signed(), [0xff]);
    }
}

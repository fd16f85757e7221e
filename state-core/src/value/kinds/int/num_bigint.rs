//! Integers from num-bigint's `BigInt`, and back (feature `num-bigint`).

use num_bigint::BigInt;

use crate::value::kinds::int::Int;

/// ```
/// use num_bigint::BigInt;
/// use state_core::value::Int;
///
/// let cube = BigInt::from(u64::MAX).pow(3);
/// assert_eq!(BigInt::from(&Int::from(&cube)), cube);
/// ```
impl From<&BigInt> for Int {
    fn from(number: &BigInt) -> Self {
        Self::from_le_bytes_signed(&number.to_signed_bytes_le())
    }
}

impl From<BigInt> for Int {
    fn from(number: BigInt) -> Self {
        Self::from(&number)
    }
}

impl From<&Int> for BigInt {
    fn from(number: &Int) -> Self {
        Self::from_signed_bytes_le(&number.to_le_bytes_signed())
    }
}

impl From<Int> for BigInt {
    fn from(number: Int) -> Self {
        Self::from(&number)
    }
}

impl From<BigInt> for crate::value::Value {
    fn from(number: BigInt) -> Self {
        Self::Int(number.into())
    }
}

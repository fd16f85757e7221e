//! Integers from Rust's types, and back if they fit.

use core::num::TryFromIntError;

use crate::value::kinds::int::Int;

impl TryFrom<&Int> for i128 {
    type Error = TryFromIntError;

    fn try_from(number: &Int) -> Result<Self, TryFromIntError> {
        // A number of more than 128 bits fails as the largest of 128 bits does.
        let magnitude = number.magnitude().unwrap_or(u128::MAX);
        if !number.is_negative() {
            Self::try_from(magnitude)
        } else if magnitude == Self::MIN.unsigned_abs() {
            Ok(Self::MIN)
        } else {
            Self::try_from(magnitude).map(|magnitude| -magnitude)
        }
    }
}

impl TryFrom<&Int> for u128 {
    type Error = TryFromIntError;

    fn try_from(number: &Int) -> Result<Self, TryFromIntError> {
        match number.magnitude() {
            Some(magnitude) if !number.is_negative() => Ok(magnitude),
            // This conversion fails, because the error cannot be constructed in another way.
            _ => Self::try_from(-1_i8),
        }
    }
}

macro_rules! narrower {
    ($($Type:ident)*) => {$(
        impl TryFrom<&Int> for $Type {
            type Error = TryFromIntError;

            fn try_from(number: &Int) -> Result<Self, TryFromIntError> {
                i128::try_from(number).and_then(Self::try_from)
            }
        }
    )*};
}

narrower!(i8 i16 i32 i64 isize u8 u16 u32 u64 usize);

macro_rules! both_ways {
    ($($Type:ident $number:ident => $negative:expr, $magnitude:expr;)*) => {$(
        impl From<$Type> for Int {
            fn from($number: $Type) -> Self {
                Self::small($negative, $magnitude)
            }
        }

        impl TryFrom<Int> for $Type {
            type Error = TryFromIntError;

            fn try_from(number: Int) -> Result<Self, TryFromIntError> {
                Self::try_from(&number)
            }
        }

        impl PartialEq<$Type> for Int {
            fn eq(&self, other: &$Type) -> bool {
                self.eq(&Self::from(*other))
            }
        }
    )*};
}

both_ways! {
    i8 number => number < 0, number.unsigned_abs().into();
    i16 number => number < 0, number.unsigned_abs().into();
    i32 number => number < 0, number.unsigned_abs().into();
    i64 number => number < 0, number.unsigned_abs().into();
    i128 number => number < 0, number.unsigned_abs();
    isize number => number < 0, number.unsigned_abs() as u128;
    u8 number => false, number.into();
    u16 number => false, number.into();
    u32 number => false, number.into();
    u64 number => false, number.into();
    u128 number => false, number;
    usize number => false, number as u128;
}

#[cfg(test)]
mod tests {
    use crate::value::kinds::int::convert::Int;

    #[test]
    fn the_ends_of_the_range_come_back() {
        assert_eq!(i128::try_from(Int::from(i128::MIN)), Ok(i128::MIN));
        assert_eq!(u128::try_from(Int::from(u128::MAX)), Ok(u128::MAX));
        assert!(i128::try_from(Int::from(u128::MAX)).is_err());
        assert!(u128::try_from(Int::from(i128::MIN)).is_err());
    }

    #[test]
    fn what_is_beyond_the_range_is_an_error() {
        for text in ["-170141183460469231731687303715884105729", "340282366920938463463374607431768211456"] {
            let number: Int = text.parse().unwrap_or_default();
            assert!(i128::try_from(&number).is_err());
            assert!(u128::try_from(&number).is_err());
            assert!(i8::try_from(&number).is_err());
        }
    }
}

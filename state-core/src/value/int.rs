//! The integer of a dynamic value: one type for all of Rust's, and in time for Python's too.

use core::{
    cmp::Ordering,
    fmt,
    num::{ParseIntError, TryFromIntError},
    str::FromStr,
};

/// An integer, compared and printed by its value.
///
/// It holds at least every value from `i128::MIN` to `u128::MAX`. Its form is private, so that it can grow.
///
/// ```
/// use state_core::value::Int;
///
/// let number = Int::from(30_u8);
/// assert_eq!(number, Int::from(30_i128));
/// assert_eq!(number, 30);
/// assert_eq!(i64::try_from(&number), Ok(30));
/// assert!(u8::try_from(Int::from(-1)).is_err());
/// ```
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Int {
    // Never set on zero, so that equal numbers have one form; if set, the magnitude is at most 2^127.
    negative: bool,
    // Least significant first. Two halves ask for an alignment of 8, a `u128` would make every `Value` larger.
    magnitude: [u64; 2],
}

impl Int {
    const fn new(negative: bool, magnitude: u128) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "the cut is the purpose")]
        let magnitude = [magnitude as u64, (magnitude >> 64) as u64];
        Self { negative, magnitude }
    }

    fn magnitude(&self) -> u128 {
        let [low, high] = self.magnitude.map(u128::from);
        high << 64 | low
    }

    /// Whether the number is less than zero.
    #[must_use]
    pub const fn is_negative(&self) -> bool {
        self.negative
    }

    /// The number as a float, if there is one of exactly this value.
    ///
    /// ```
    /// use state_core::value::Int;
    ///
    /// assert_eq!(Int::from(1_u64 << 53).as_f64(), Some(9007199254740992.0));
    /// assert_eq!(Int::from((1_u64 << 53) + 1).as_f64(), None);
    /// ```
    #[must_use]
    pub fn as_f64(&self) -> Option<f64> {
        let magnitude = self.magnitude();
        let width = u128::BITS - magnitude.leading_zeros();
        let significant = width.saturating_sub(magnitude.trailing_zeros());
        if significant > f64::MANTISSA_DIGITS {
            return None;
        }
        #[expect(clippy::cast_precision_loss, reason = "its digits were counted")]
        let float = magnitude as f64;
        Some(if self.negative { -float } else { float })
    }
}

impl Ord for Int {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, false) => self.magnitude().cmp(&other.magnitude()),
            (true, true) => other.magnitude().cmp(&self.magnitude()),
            (negative, _) if negative => Ordering::Less,
            _ => Ordering::Greater,
        }
    }
}

impl PartialOrd for Int {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Int {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match i128::try_from(self) {
            Ok(number) => fmt::Display::fmt(&number, f),
            Err(_) => fmt::Display::fmt(&self.magnitude(), f),
        }
    }
}

impl fmt::Debug for Int {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Reads decimal digits after an optional sign.
impl FromStr for Int {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Self, ParseIntError> {
        if text.starts_with('-') { text.parse::<i128>().map(Self::from) } else { text.parse::<u128>().map(Self::from) }
    }
}

impl TryFrom<&Int> for i128 {
    type Error = TryFromIntError;

    fn try_from(number: &Int) -> Result<Self, TryFromIntError> {
        if number.negative {
            // Exact, as a negative number's magnitude is at most 2^127.
            Ok(0_i128.wrapping_sub_unsigned(number.magnitude()))
        } else {
            Self::try_from(number.magnitude())
        }
    }
}

impl TryFrom<&Int> for u128 {
    type Error = TryFromIntError;

    fn try_from(number: &Int) -> Result<Self, TryFromIntError> {
        if number.negative { i128::try_from(number).and_then(Self::try_from) } else { Ok(number.magnitude()) }
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
                Self::new($negative, $magnitude)
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
    use alloc::string::ToString;

    use super::{super::Value, Int};

    #[test]
    fn an_int_is_no_larger_than_text() {
        assert!(size_of::<Int>() <= 24);
        assert!(size_of::<Value>() <= 32);
    }

    #[test]
    fn the_ends_of_the_range_come_back() {
        assert_eq!(i128::try_from(Int::from(i128::MIN)), Ok(i128::MIN));
        assert_eq!(u128::try_from(Int::from(u128::MAX)), Ok(u128::MAX));
        assert!(i128::try_from(Int::from(u128::MAX)).is_err());
        assert!(u128::try_from(Int::from(i128::MIN)).is_err());
    }

    #[test]
    fn order_is_by_value() {
        let sorted = [
            Int::from(i128::MIN),
            Int::from(-2),
            Int::from(-1),
            Int::from(0),
            Int::from(1_u64 << 63),
            Int::from(u128::MAX),
        ];
        assert!(sorted.is_sorted());
    }

    #[test]
    fn text_goes_both_ways() {
        for text in ["0", "-1", "-170141183460469231731687303715884105728", "340282366920938463463374607431768211455"] {
            assert_eq!(text.parse::<Int>().map(|n| n.to_string()).as_deref(), Ok(text));
        }
        assert_eq!("-0".parse(), Ok(Int::from(0)));
        for text in ["", "-", "--1", "1.0", "340282366920938463463374607431768211456"] {
            assert!(text.parse::<Int>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_float_is_given_only_if_it_is_exact() {
        assert_eq!(Int::from(0).as_f64(), Some(0.0));
        assert_eq!(Int::from(i128::MIN).as_f64(), Some(-(2_f64.powi(127))));
        assert_eq!(Int::from(u128::MAX).as_f64(), None);
        assert_eq!(Int::from(-(1_i64 << 53) - 1).as_f64(), None);
    }
}

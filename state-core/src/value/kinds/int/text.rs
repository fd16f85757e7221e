//! Integers as text. The time for decimal digits is quadratic in their number, so there is a limit, which is that of
//! CPython.

use alloc::{format, string::String, vec::Vec};
use core::{error, fmt, str::FromStr};

use crate::value::kinds::int::Int;

/// The maximum number of decimal digits that are read or printed; CPython's `sys.int_info` calls this
/// `default_max_str_digits`.
const MOST_DIGITS: usize = 4300;

/// The number of bits of ten to the power of [`MOST_DIGITS`].
const MOST_BITS: usize = 14_285;

/// The number of decimal digits of the largest power of ten that fits in a limb.
const CHUNK: usize = 19;
const CHUNK_POWER: u64 = 10_u64.pow(CHUNK as u32);

/// The text is not an integer, or has too many digits.
///
/// ```
/// use state_core::value::Int;
///
/// let error = "12x".parse::<Int>().unwrap_err();
/// assert_eq!(error.to_string(), "invalid digit found in integer");
/// let error = "9".repeat(4301).parse::<Int>().unwrap_err();
/// assert_eq!(error.to_string(), "integer of more than 4300 decimal digits");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ParseIntError(Reason);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Reason {
    Empty,
    Digit,
    Long,
}

impl fmt::Display for ParseIntError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Reason::Empty => f.write_str("integer without digits"),
            Reason::Digit => f.write_str("invalid digit found in integer"),
            Reason::Long => write!(f, "integer of more than {MOST_DIGITS} decimal digits"),
        }
    }
}

impl error::Error for ParseIntError {}

/// Parses decimal digits after an optional sign.
///
/// More than 4300 digits are an error, as by default in CPython: parsing takes quadratic time. [`Int::from_hex`] and
/// [`Int::from_le_bytes_signed`] have no such limit.
impl FromStr for Int {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Self, ParseIntError> {
        let (negative, digits) = split_sign(text);
        check(digits, u8::is_ascii_digit)?;
        if digits.len() > MOST_DIGITS {
            return Err(ParseIntError(Reason::Long));
        }
        let mut limbs = Vec::with_capacity(digits.len() / CHUNK + 1);
        let (first, rest) = digits.as_bytes().split_at(digits.len() % CHUNK);
        append_digits(&mut limbs, first);
        rest.chunks(CHUNK).for_each(|chunk| append_digits(&mut limbs, chunk));
        Ok(Self::from_limbs(negative, limbs))
    }
}

impl Int {
    /// Parses any number of hexadecimal digits after an optional sign.
    ///
    /// # Errors
    /// If there are no digits, or other characters, including a prefix `0x`.
    ///
    /// ```
    /// use state_core::value::Int;
    ///
    /// assert_eq!(Int::from_hex("-FF")?, -255);
    /// # Ok::<(), state_core::value::ParseIntError>(())
    /// ```
    pub fn from_hex(text: &str) -> Result<Self, ParseIntError> {
        let (negative, digits) = split_sign(text);
        check(digits, u8::is_ascii_hexdigit)?;
        let number = |chunk: &[u8]| chunk.iter().fold(0, |limb, &digit| limb << 4 | u64::from(hex_value(digit)));
        Ok(Self::from_limbs(negative, digits.as_bytes().rchunks(16).map(number).collect()))
    }
}

fn split_sign(text: &str) -> (bool, &str) {
    match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    }
}

fn check(digits: &str, is_digit: fn(&u8) -> bool) -> Result<(), ParseIntError> {
    if digits.is_empty() {
        return Err(ParseIntError(Reason::Empty));
    }
    if digits.bytes().all(|byte| is_digit(&byte)) { Ok(()) } else { Err(ParseIntError(Reason::Digit)) }
}

const fn hex_value(digit: u8) -> u8 {
    // The letters are 9 after the digits that they continue.
    (digit & 0xf) + if digit.is_ascii_alphabetic() { 9 } else { 0 }
}

/// Multiplies by a power of ten to make room for at most 19 digits, and adds these.
fn append_digits(limbs: &mut Vec<u64>, digits: &[u8]) {
    let mut power = 1_u64;
    let mut carry = 0_u64;
    for digit in digits {
        power *= 10;
        carry = carry * 10 + u64::from(digit - b'0');
    }
    for limb in limbs.iter_mut() {
        let product = u128::from(*limb) * u128::from(power) + u128::from(carry);
        (*limb, carry) = (product as u64, (product >> 64) as u64);
    }
    if carry > 0 {
        limbs.push(carry);
    }
}

/// Decimal, with up to 4300 digits. Larger numbers, which CPython refuses to print, are shown in hexadecimal:
/// `0x1000..`.
impl fmt::Display for Int {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (i128::try_from(self), self.magnitude()) {
            (Ok(number), _) => fmt::Display::fmt(&number, f),
            (_, Some(magnitude)) if !self.is_negative() => fmt::Display::fmt(&magnitude, f),
            _ => f.pad_integral(!self.is_negative(), "", &self.digits()),
        }
    }
}

impl fmt::Debug for Int {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Int {
    fn digits(&self) -> String {
        if self.bits() <= MOST_BITS {
            let digits = decimal(self.limbs().to_vec());
            if digits.len() <= MOST_DIGITS {
                return digits;
            }
        }
        let mut limbs = self.limbs().iter().rev();
        let first = limbs.next().map_or_else(String::new, |limb| format!("0x{limb:x}"));
        limbs.fold(first, |text, limb| text + &format!("{limb:016x}"))
    }
}

fn decimal(mut limbs: Vec<u64>) -> String {
    let mut chunks = Vec::new();
    while !limbs.is_empty() {
        let mut rest = 0;
        for limb in limbs.iter_mut().rev() {
            let dividend = u128::from(rest) << 64 | u128::from(*limb);
            *limb = (dividend / u128::from(CHUNK_POWER)) as u64;
            rest = (dividend % u128::from(CHUNK_POWER)) as u64;
        }
        chunks.push(rest);
        limbs.truncate(crate::value::kinds::int::significant(&limbs).len());
    }
    let mut chunks = chunks.into_iter().rev();
    let first = chunks.next().map_or_else(String::new, |chunk| format!("{chunk}"));
    chunks.fold(first, |text, chunk| text + &format!("{chunk:0CHUNK$}"))
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use crate::value::kinds::int::text::{Int, MOST_BITS, MOST_DIGITS};

    #[test]
    fn text_goes_both_ways() {
        for text in [
            "0",
            "-1",
            "-170141183460469231731687303715884105728",
            "340282366920938463463374607431768211455",
            "340282366920938463463374607431768211456",
            "-340282366920938463463374607431768211455",
            "1000000000000000000000000000000000000000000000000000000000000",
        ] {
            assert_eq!(text.parse::<Int>().map(|n| n.to_string()).as_deref(), Ok(text));
        }
        assert_eq!("-0".parse(), Ok(Int::from(0)));
        assert_eq!("+7".parse(), Ok(Int::from(7)));
        for text in ["", "-", "+", "--1", "1.0", "1_0", " 1"] {
            assert!(text.parse::<Int>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_limit_is_a_number_of_digits() {
        let most = "9".repeat(MOST_DIGITS);
        let number: Int = most.parse().unwrap_or_default();
        assert_eq!(number.to_string(), most);
        assert_eq!(number.bits(), MOST_BITS);
        assert!(("0".to_string() + &most).parse::<Int>().is_err());

        let hex = "f".repeat(MOST_BITS / 4 + 1);
        let larger = Int::from_hex(&hex).unwrap_or_default();
        assert_eq!(larger.to_string(), "0x".to_string() + &hex);
        assert_eq!(Int::from_hex("-10000000000000000").map(|n| n.to_string()).as_deref(), Ok("-18446744073709551616"));
    }
}

//! The types of Python's standard library, a file for each: their sizes in an image, the numbers from which Python
//! makes its objects, the forms that are accepted for them, and how they print.

mod array;
mod calendar;
pub(crate) mod date;
pub(crate) mod datetime;
pub(crate) mod decimal;
mod deque;
mod fraction;
pub(crate) mod int;
mod maps;
mod namespace;
mod path;
pub(crate) mod print;
mod range;
pub(crate) mod time;
pub(crate) mod timedelta;
pub(crate) mod timezone;
mod uuid;

use alloc::borrow::Cow;
use alloc::vec::Vec;

pub(crate) use self::array::{is_array, parts as array, values as array_values};
pub(crate) use self::deque::items;
pub(crate) use self::maps::entries;
pub(crate) use self::path::text;
pub(crate) use self::range::ends as range;
use crate::protocol::layout::LENGTH;
use crate::value::repr::{Look, Object, Source};
use crate::walk::Decoder;

const DAY: i64 = 86_400;

/// One of the types. All numbers in a head are little-endian.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// `datetime.date`: the number of the day, where 1 is 0001-01-01 (`i32`).
    Date,
    /// `datetime.time`: seconds of the day and nanoseconds (`u32` each), of which a leap second has 10⁹ more.
    Time,
    /// `datetime.datetime` without a time zone: a date and a time as above.
    DateTime,
    /// `datetime.datetime` in UTC: likewise.
    Utc,
    /// `datetime.datetime` in a fixed time zone: likewise, in UTC, and then the seconds east of it (`i32`).
    Zoned,
    /// `datetime.timedelta`: seconds (`i64`) and nanoseconds below 10⁹ (`u32`).
    Delta,
    /// `uuid.UUID`: its 16 bytes as they are written.
    Uuid,
    /// `int`: the length, and two's complement in the tail, with as few bytes as possible.
    Int,
    /// An `int` that is not negative: the length, and the number in the tail, with as few bytes as possible.
    Natural,
    /// A finite `decimal.Decimal`: a `u32` with the number of decimal places, at most 28, in bits 16 to 23 and the sign
    /// in bit 31, and then the digits as a number of 96 bits.
    Decimal,
}

impl Known {
    const ALL: [Self; 10] = [
        Self::Date,
        Self::Time,
        Self::DateTime,
        Self::Utc,
        Self::Zoned,
        Self::Delta,
        Self::Uuid,
        Self::Int,
        Self::Natural,
        Self::Decimal,
    ];

    /// The size of the head.
    pub(crate) const fn head(self) -> usize {
        match self {
            Self::Date => 4,
            Self::Time => 8,
            Self::DateTime | Self::Utc | Self::Delta => 12,
            Self::Zoned | Self::Uuid | Self::Decimal => 16,
            Self::Int | Self::Natural => LENGTH,
        }
    }

    /// The sizes of the numbers in the head; none if it does not consist of numbers.
    pub(crate) const fn parts(self) -> &'static [usize] {
        match self {
            Self::Date => &[4],
            Self::Time => &[4, 4],
            Self::DateTime | Self::Utc => &[4, 4, 4],
            Self::Zoned => &[4, 4, 4, 4],
            Self::Delta => &[8, 4],
            Self::Uuid | Self::Int | Self::Natural | Self::Decimal => &[],
        }
    }

    /// The code of the type in the canonical form.
    pub(crate) const fn code(self) -> u8 {
        self as u8
    }

    pub(crate) fn from_code(code: u8) -> Option<Self> {
        Self::ALL.get(usize::from(code)).copied()
    }
}

impl Known {
    /// The type in words.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Date => "date",
            Self::Time => "time of day",
            Self::DateTime => "date and time without a time zone",
            Self::Utc => "date and time in UTC",
            Self::Zoned => "date and time in a time zone",
            Self::Delta => "difference of times",
            Self::Uuid => "UUID",
            Self::Int => "integer of any size",
            Self::Natural => "integer of any size that is not negative",
            Self::Decimal => "decimal number of up to 96 bits, with at most 28 decimal places",
        }
    }
}

/// The image of a Python object as one of the types: its head or, for an integer, its bytes.
pub(crate) fn image<'v, D: Decoder<'v>>(known: Known, value: D) -> Option<Cow<'v, [u8]>> {
    let head = match known {
        Known::Int | Known::Natural => return int::bytes(value, known),
        Known::Uuid => return uuid::head(value).map(|head| head.to_vec().into()),
        Known::Decimal => return decimal::head(value).map(|head| head.to_vec().into()),
        Known::Date => date::head(value).map(Vec::from),
        Known::Time => time::head(value).map(Vec::from),
        Known::DateTime => datetime::head(value).map(Vec::from),
        Known::Utc => datetime::moment(value).map(|(head, _)| head.into()),
        Known::Zoned => datetime::moment(value).map(|(head, offset)| [&head[..], &offset.to_le_bytes()].concat()),
        Known::Delta => timedelta::head(value).map(Vec::from),
    };
    head.or_else(|| parts(value, known)).map(Cow::Owned)
}

/// The head from a tuple of its numbers, which represents what Python's class cannot.
fn parts<'v, D: Decoder<'v>>(value: D, known: Known) -> Option<Vec<u8>> {
    let sizes = known.parts();
    let items = value.sequence().filter(|items| items.len() == sizes.len())?;
    let mut head = Vec::new();
    for (item, &size) in items.zip(sizes) {
        let number = item.int()?;
        let unused = 128 - 8 * size;
        // Some are signed and others are not; the check of the image decides.
        if number << unused >> unused != number && number >> (8 * size) != 0 {
            return None;
        }
        head.extend_from_slice(&number.to_le_bytes()[..size]);
    }
    Some(head)
}

/// The arguments of a Python object, if there are this many.
fn args<'v, D: Decoder<'v>>(value: D, class: &str, count: usize) -> Option<D::Items> {
    value.called(class).filter(|args| args.len() == count)
}

/// Bytes in which several numbers are packed; Python 2 has them as text.
fn packed<'v, D: Decoder<'v>, const N: usize>(value: D) -> Option<[u8; N]> {
    match value.bytes() {
        Some(bytes) => bytes.try_into().ok(),
        None => latin1(value.str()?),
    }
}

/// As [`packed`], for a value that is printed.
fn packed_part<'a, S: Source<'a>, const N: usize>(source: S, part: S::Part) -> Option<[u8; N]> {
    match source.look(part) {
        Look::Bytes(bytes) => bytes.try_into().ok(),
        Look::Text(text) => latin1(text),
        _ => None,
    }
}

fn latin1<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut chars = text.chars();
    let mut bytes = [0; N];
    for byte in &mut bytes {
        *byte = u8::try_from(chars.next()?).ok()?;
    }
    chars.next().is_none().then_some(bytes)
}

fn packed_and_zone<'a, S: Source<'a>, const N: usize>(object: &Object<'a, S>) -> Option<([u8; N], Option<S::Part>)> {
    let (bytes, zone) = one_or_two(object)?;
    let zone = zone.filter(|&zone| !matches!(object.source.look(zone), Look::None));
    Some((packed_part(object.source, bytes)?, zone))
}

fn one_or_two<'a, S: Source<'a>>(object: &Object<'a, S>) -> Option<(S::Part, Option<S::Part>)> {
    let one = object.exactly().map(|[one]| (one, None));
    let two = || object.exactly().map(|[one, two]| (one, Some(two)));
    one.or_else(two).filter(|_| object.has_only_args())
}

fn number(head: &[u8], at: usize) -> Option<u32> {
    head.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}

fn signed(head: &[u8], at: usize) -> Option<i32> {
    head.get(at..)?.first_chunk().map(|bytes| i32::from_le_bytes(*bytes))
}

//! Types for which Python has a class of its own: what they take in an image, and what dynamic doors show of them.

mod calendar;
pub(crate) mod path;
pub(crate) mod python;

use crate::layout::LENGTH;

/// One of the types. All numbers in a head are little-endian.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// `datetime.date`: the number of the day, where 1 is 0001-01-01 (`i32`).
    Date,
    /// `datetime.time`: seconds of the day and nanoseconds (`u32` each), of which a leap second has 10⁹ more.
    Time,
    /// `datetime.datetime` without a time zone: both.
    DateTime,
    /// `datetime.datetime` in UTC: both.
    Utc,
    /// `datetime.datetime` in a fixed time zone: both, in UTC, and the seconds east of it (`i32`).
    Zoned,
    /// `datetime.timedelta`: seconds (`i64`) and nanoseconds below 10⁹ (`u32`).
    Delta,
    /// `uuid.UUID`: its 16 bytes as they are written.
    Uuid,
    /// `int`: the length, and two's complement in the tail, as short as can be.
    Int,
    /// An `int` that is not negative: the length, and the number in the tail, as short as can be.
    Natural,
}

impl Known {
    const ALL: [Self; 9] = [
        Self::Date,
        Self::Time,
        Self::DateTime,
        Self::Utc,
        Self::Zoned,
        Self::Delta,
        Self::Uuid,
        Self::Int,
        Self::Natural,
    ];

    /// The size of the head.
    pub(crate) const fn head(self) -> usize {
        match self {
            Self::Date => 4,
            Self::Time => 8,
            Self::DateTime | Self::Utc | Self::Delta => 12,
            Self::Zoned | Self::Uuid => 16,
            Self::Int | Self::Natural => LENGTH,
        }
    }

    /// The sizes of the numbers in the head; none where these are no numbers.
    pub(crate) const fn parts(self) -> &'static [usize] {
        match self {
            Self::Date => &[4],
            Self::Time => &[4, 4],
            Self::DateTime | Self::Utc => &[4, 4, 4],
            Self::Zoned => &[4, 4, 4, 4],
            Self::Delta => &[8, 4],
            Self::Uuid | Self::Int | Self::Natural => &[],
        }
    }

    /// The number in the canonical form.
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
        }
    }
}

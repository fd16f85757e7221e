//! `datetime.date`: a day.

use alloc::vec::Vec;

use super::{calendar, packed};
use crate::value::repr::{Field, Layout, Object, Source};
use crate::walk::Decoder;

const NAME: &str = "datetime.date";

/// A day, which need not exist in the calendar.
#[derive(Clone, Copy, Debug)]
pub(super) struct Date {
    pub year: u16,
    pub month: u8,
    pub day: u8,
}

impl Date {
    /// Unpacks Python's bytes.
    pub fn unpack([high, low, month, day]: [u8; 4]) -> Option<Self> {
        let year = u16::from_be_bytes([high, low]);
        let fits = (1..=9999).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
        fits.then_some(Self { year, month, day })
    }

    pub fn pack(self) -> [u8; 4] {
        let [high, low] = self.year.to_be_bytes();
        [high, low, self.month, self.day]
    }

    /// The day with this number; `None` for a year that Python does not have.
    pub fn of_number(number: i64) -> Option<Self> {
        let (year, month, day) = calendar::date(i32::try_from(number).ok()?)?;
        Some(Self { year, month, day })
    }

    /// The number of the day, if it exists.
    pub fn number(self) -> Option<i32> {
        calendar::ordinal(self.year, self.month, self.day)
    }

    pub fn fields<'a, S: Source<'a>>(self) -> [Field<'a, S>; 3] {
        [u32::from(self.year), self.month.into(), self.day.into()].map(Field::number)
    }
}

/// Packs the day of a head as Python does; `None` for a year that Python does not have.
pub(crate) fn pack(head: &[u8]) -> Option<[u8; 4]> {
    Date::of_number(super::signed(head, 0)?.into()).map(Date::pack)
}

/// The head of a Python object.
pub(super) fn head<'v, D: Decoder<'v>>(value: D) -> Option<[u8; 4]> {
    super::args(value, NAME, 1)?.next().and_then(packed).and_then(of_packed)
}

/// The head of a day that Python packed.
pub(crate) fn of_packed(bytes: [u8; 4]) -> Option<[u8; 4]> {
    Date::unpack(bytes)?.number().map(i32::to_le_bytes)
}

pub(super) fn print<'a, S: Source<'a>>(object: &Object<'a, S>) -> Option<Layout<'a, S>> {
    let [bytes] = object.exactly().filter(|_| object.has_only_args())?;
    let date = Date::unpack(super::packed_part(object.source, bytes)?)?;
    Some(Layout::new(NAME, Vec::from(date.fields())))
}

//! `datetime.time`: a time of the day.

use alloc::vec::Vec;

use super::{DAY, number, packed};
use crate::value::repr::{Field, Layout, Object, Source};
use crate::walk::Decoder;

const NAME: &str = "datetime.time";

/// A time of the day; `fold` marks the second of two that a clock shows alike.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    pub hour: u8,
    pub minute: u8,
    pub second: u8,
    pub micros: u32,
    pub fold: bool,
}

impl Clock {
    /// Unpacks Python's bytes, without the bit for `fold`.
    pub fn unpack([hour, minute, second, high, middle, low]: [u8; 6], fold: bool) -> Option<Self> {
        let micros = u32::from_be_bytes([0, high, middle, low]);
        let fits = hour < 24 && minute < 60 && second < 60 && micros < 1_000_000;
        fits.then_some(Self { hour, minute, second, micros, fold })
    }

    pub fn pack(self) -> [u8; 6] {
        let [_, high, middle, low] = self.micros.to_be_bytes();
        [self.hour, self.minute, self.second, high, middle, low]
    }

    /// The time from seconds of the day and nanoseconds; `None` for a leap second, and for fractions of a microsecond.
    pub fn of_seconds(seconds: u32, nanos: u32) -> Option<Self> {
        let (hour, minute, second) = ((seconds / 3600) as u8, (seconds / 60 % 60) as u8, (seconds % 60) as u8);
        let is_whole = nanos < 1_000_000_000 && nanos % 1000 == 0;
        is_whole.then_some(Self { hour, minute, second, micros: nanos / 1000, fold: false })
    }

    /// The seconds of the day, and nanoseconds. `fold` is not kept.
    pub fn seconds(self) -> (u32, u32) {
        let seconds = 3600 * u32::from(self.hour) + 60 * u32::from(self.minute) + u32::from(self.second);
        (seconds, self.micros * 1000)
    }

    /// The fields after those of a date. Seconds and microseconds are left out if they are zero.
    pub fn fields<'a, S: Source<'a>>(self, zone: Option<S::Part>) -> Vec<Field<'a, S>> {
        let numbers = [self.hour.into(), self.minute.into(), self.second.into(), self.micros];
        let shown = match (self.second, self.micros) {
            (0, 0) => 2,
            (_, 0) => 3,
            _ => 4,
        };
        let mut fields: Vec<_> = numbers.into_iter().take(shown).map(Field::number).collect();
        fields.extend(zone.map(|zone| Field::Labelled("tzinfo=".into(), zone)));
        fields.extend(self.fold.then(|| Field::text("fold=1")));
        fields
    }
}

/// The seconds and nanoseconds in a head.
pub(crate) fn clock(head: &[u8], at: usize) -> Option<(u32, u32)> {
    let (seconds, nanos) = (number(head, at)?, number(head, at + 4)?);
    // Only the last second of a minute can be followed by a leap second.
    let most = if seconds % 60 == 59 { 2_000_000_000 } else { 1_000_000_000 };
    (i64::from(seconds) < DAY && nanos < most).then_some((seconds, nanos))
}

/// Packs the time of a head as Python does; `None` for a leap second, and for fractions of a microsecond.
pub(crate) fn pack(head: &[u8]) -> Option<[u8; 6]> {
    let (seconds, nanos) = clock(head, 0)?;
    Clock::of_seconds(seconds, nanos).map(Clock::pack)
}

/// The head of a Python object without a time zone.
pub(super) fn head<'v, D: Decoder<'v>>(value: D) -> Option<[u8; 8]> {
    super::args(value, NAME, 1)?.next().and_then(packed).and_then(of_packed)
}

/// The head of a time of the day that Python packed.
pub(crate) fn of_packed([hour, rest @ ..]: [u8; 6]) -> Option<[u8; 8]> {
    let (seconds, nanos) = unpack(hour, rest)?.seconds();
    let mut head = [0; 8];
    head[..4].copy_from_slice(&seconds.to_le_bytes());
    head[4..].copy_from_slice(&nanos.to_le_bytes());
    Some(head)
}

fn unpack(hour: u8, [minute, second, high, middle, low]: [u8; 5]) -> Option<Clock> {
    Clock::unpack([hour & 0x7F, minute, second, high, middle, low], hour >= 0x80)
}

pub(super) fn print<'a, S: Source<'a>>(object: &Object<'a, S>) -> Option<Layout<'a, S>> {
    let ([hour, rest @ ..], zone) = super::packed_and_zone::<S, 6>(object)?;
    Some(Layout::new(NAME, unpack(hour, rest)?.fields(zone)))
}

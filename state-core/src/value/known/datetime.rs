//! Dates, times and their differences, from the packed bytes in which Python pickles them.

use alloc::{
    format,
    string::{String, ToString},
    vec,
    vec::Vec,
};

use super::super::{
    Object, Value,
    repr::{Field, Group, Item},
};
use super::only_args;

/// A day of the calendar.
#[derive(Clone, Copy)]
pub(crate) struct Date {
    pub year: u16,
    pub month: u8,
    pub day: u8,
}

/// A time of the day; `fold` tells the second of two that a clock shows alike.
#[derive(Clone, Copy)]
pub(crate) struct Time<'a> {
    pub hour: u8,
    pub minute: u8,
    pub second: u8,
    pub microsecond: u32,
    pub fold: bool,
    pub zone: Option<&'a Value>,
}

/// A time of a day.
#[derive(Clone, Copy)]
pub(crate) struct DateTime<'a> {
    pub date: Date,
    pub time: Time<'a>,
}

/// A difference of times. Only the days can be negative.
#[derive(Clone, Copy)]
pub(crate) struct TimeDelta {
    pub days: i32,
    pub seconds: u32,
    pub microseconds: u32,
}

/// A fixed difference from UTC, and its name where it has one.
#[derive(Clone, Copy)]
pub(crate) struct TimeZone<'a> {
    pub offset: TimeDelta,
    pub name: Option<&'a Value>,
}

/// The fields of a `datetime.date`.
pub(crate) fn date(object: &Object) -> Option<Date> {
    match only_args(object)? {
        [packed] => unpack_date(packed.as_bytes()?.try_into().ok()?),
        _ => None,
    }
}

/// The fields of a `datetime.time`.
pub(crate) fn time(object: &Object) -> Option<Time<'_>> {
    let (packed, zone) = packed_and_zone(object)?;
    let &[hour, ref rest @ ..] = <&[u8; 6]>::try_from(packed).ok()?;
    unpack_time(hour & 0x7f, rest, hour >= 0x80, zone)
}

/// The fields of a `datetime.datetime`.
pub(crate) fn datetime(object: &Object) -> Option<DateTime<'_>> {
    let (packed, zone) = packed_and_zone(object)?;
    let &[high, low, month, day, hour, ref rest @ ..] = <&[u8; 10]>::try_from(packed).ok()?;
    let date = unpack_date(&[high, low, month & 0x7f, day])?;
    Some(DateTime { date, time: unpack_time(hour, rest, month >= 0x80, zone)? })
}

/// The fields of a `datetime.timedelta`.
pub(crate) fn timedelta(object: &Object) -> Option<TimeDelta> {
    let [days, seconds, microseconds] = only_args(object)? else {
        return None;
    };
    let (days, seconds) = (i32::try_from(days).ok()?, u32::try_from(seconds).ok()?);
    let microseconds = u32::try_from(microseconds).ok()?;
    let fits = days.unsigned_abs() <= 999_999_999 && seconds < 86_400 && microseconds < 1_000_000;
    fits.then_some(TimeDelta { days, seconds, microseconds })
}

/// The fields of a `datetime.timezone`.
pub(crate) fn timezone(object: &Object) -> Option<TimeZone<'_>> {
    let (offset, name) = match only_args(object)? {
        [offset] => (offset, None),
        [offset, name] if name.as_str().is_some() => (offset, Some(name)),
        _ => return None,
    };
    let offset = offset.as_object().filter(|offset| offset.name() == "datetime.timedelta")?;
    Some(TimeZone { offset: timedelta(offset)?, name })
}

fn packed_and_zone(object: &Object) -> Option<(&[u8], Option<&Value>)> {
    match only_args(object)? {
        [packed] => Some((packed.as_bytes()?, None)),
        [packed, zone] => Some((packed.as_bytes()?, Some(zone))),
        _ => None,
    }
}

fn unpack_date(&[high, low, month, day]: &[u8; 4]) -> Option<Date> {
    let year = u16::from_be_bytes([high, low]);
    let fits = (1..=9999).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    fits.then_some(Date { year, month, day })
}

fn unpack_time<'a>(hour: u8, rest: &[u8; 5], fold: bool, zone: Option<&'a Value>) -> Option<Time<'a>> {
    let &[minute, second, a, b, c] = rest;
    let microsecond = u32::from_be_bytes([0, a, b, c]);
    let fits = hour < 24 && minute < 60 && second < 60 && microsecond < 1_000_000;
    fits.then_some(Time { hour, minute, second, microsecond, fold, zone })
}

fn numbers<'a>(numbers: &[u32]) -> Vec<Field<'a>> {
    numbers.iter().map(|number| Field::text(number.to_string())).collect()
}

impl Date {
    pub(super) fn group<'a>(self) -> Group<'a> {
        Group::new("datetime.date", numbers(&[self.year.into(), self.month.into(), self.day.into()]))
    }
}

impl<'a> Time<'a> {
    pub(super) fn group(self) -> Group<'a> {
        Group::new("datetime.time", self.after(&[]))
    }

    /// The fields after those of a date. Seconds and their parts are left out where they are zero.
    fn after(self, date: &[u32]) -> Vec<Field<'a>> {
        let mut fields = numbers(date);
        fields.extend(numbers(&[self.hour.into(), self.minute.into()]));
        if self.second != 0 || self.microsecond != 0 {
            fields.extend(numbers(&[self.second.into()]));
        }
        if self.microsecond != 0 {
            fields.extend(numbers(&[self.microsecond]));
        }
        fields
            .extend(self.zone.filter(|zone| !zone.is_none()).map(|zone| Field::labelled("tzinfo", Item::Value(zone))));
        if self.fold {
            fields.push(Field::text("fold=1"));
        }
        fields
    }
}

impl<'a> DateTime<'a> {
    pub(super) fn group(self) -> Group<'a> {
        let Date { year, month, day } = self.date;
        Group::new("datetime.datetime", self.time.after(&[year.into(), month.into(), day.into()]))
    }
}

impl TimeDelta {
    pub(super) fn text(self) -> String {
        let mut parts = Vec::new();
        if self.days != 0 {
            parts.push(format!("days={}", self.days));
        }
        if self.seconds != 0 {
            parts.push(format!("seconds={}", self.seconds));
        }
        if self.microseconds != 0 {
            parts.push(format!("microseconds={}", self.microseconds));
        }
        if parts.is_empty() {
            parts = vec!["0".to_string()];
        }
        format!("datetime.timedelta({})", parts.join(", "))
    }
}

impl TimeZone<'_> {
    pub(super) fn text(self) -> String {
        let is_utc = self.offset.days == 0 && self.offset.seconds == 0 && self.offset.microseconds == 0;
        let offset = self.offset.text();
        match self.name {
            None if is_utc => "datetime.timezone.utc".to_string(),
            None => format!("datetime.timezone({offset})"),
            Some(name) => format!("datetime.timezone({offset}, {name})"),
        }
    }
}

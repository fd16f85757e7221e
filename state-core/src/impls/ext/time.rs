//! The dates and times of `time`. In Python they are types of `datetime`, which has nothing finer than a microsecond,
//! and the years 1 to 9999.

use time::{Date, Duration, OffsetDateTime, PrimitiveDateTime, Time, UtcDateTime, UtcOffset};

use crate::impls::number::{join, leaf, split};
use crate::protocol::memory::Image;
use crate::schema::{Kind, Schema};
use crate::standard::{Known, timedelta};
use crate::state::{Checker, Reader, Restore, Size, State, Writer};

const DATE: usize = Known::Date.head();
const TIME: usize = Known::Time.head();
const BOTH: usize = Known::DateTime.head();
const ZONED: usize = Known::Zoned.head();
const DELTA: usize = Known::Delta.head();

/// The Julian day before the first day of year 1, from which images count.
const EPOCH: i32 = 1_721_425;

fn put_date(date: Date) -> [u8; DATE] {
    (date.to_julian_day() - EPOCH).to_le_bytes()
}

fn date(bytes: [u8; DATE]) -> Option<Date> {
    Date::from_julian_day(i32::from_le_bytes(bytes).checked_add(EPOCH)?).ok()
}

fn put_time(time: Time) -> [u8; TIME] {
    let (hours, minutes, seconds, nanos) = time.as_hms_nano();
    let seconds = (u32::from(hours) * 60 + u32::from(minutes)) * 60 + u32::from(seconds);
    join(seconds.to_le_bytes(), nanos.to_le_bytes())
}

fn time(bytes: [u8; TIME]) -> Option<Time> {
    let (seconds, nanos) = split::<4, 4>(&bytes)?;
    let (seconds, nanos) = (u32::from_le_bytes(seconds), u32::from_le_bytes(nanos));
    let part = |number: u32| u8::try_from(number).ok();
    Time::from_hms_nano(part(seconds / 3600)?, part(seconds / 60 % 60)?, part(seconds % 60)?, nanos).ok()
}

fn put_both(both: PrimitiveDateTime) -> [u8; BOTH] {
    join(put_date(both.date()), put_time(both.time()))
}

fn both(bytes: [u8; BOTH]) -> Option<PrimitiveDateTime> {
    let (day, clock) = split::<DATE, TIME>(&bytes)?;
    Some(PrimitiveDateTime::new(date(day)?, time(clock)?))
}

fn put_utc(moment: UtcDateTime) -> [u8; BOTH] {
    put_both(PrimitiveDateTime::new(moment.date(), moment.time()))
}

fn utc(bytes: [u8; BOTH]) -> Option<UtcDateTime> {
    both(bytes).map(PrimitiveDateTime::as_utc)
}

fn put_zoned(moment: OffsetDateTime) -> [u8; ZONED] {
    join(put_utc(moment.to_utc()), moment.offset().whole_seconds().to_le_bytes())
}

fn zoned(bytes: [u8; ZONED]) -> Option<OffsetDateTime> {
    let (moment, offset) = split::<BOTH, 4>(&bytes)?;
    let offset = UtcOffset::from_whole_seconds(i32::from_le_bytes(offset)).ok()?;
    utc(moment)?.checked_to_offset(offset)
}

fn put_delta(delta: Duration) -> [u8; DELTA] {
    // Both are rounded towards zero, but an image counts from the second before, if there is one.
    let (seconds, nanos) = (delta.whole_seconds(), delta.subsec_nanoseconds());
    if nanos < 0 && seconds > i64::MIN {
        return join((seconds - 1).to_le_bytes(), (nanos + 1_000_000_000).to_le_bytes());
    }
    join(seconds.to_le_bytes(), nanos.to_le_bytes())
}

fn delta(bytes: [u8; DELTA]) -> Option<Duration> {
    let (seconds, nanos) = timedelta::span(&bytes)?;
    Duration::seconds(seconds).checked_add(Duration::nanoseconds(i64::from(nanos as i32)))
}

leaf!(Date, DATE, Kind::Known(Known::Date), image: Image::NO, checked: true,
    put: put_date, valid: |bytes| date(bytes).is_some(), get: date);
leaf!(Time, TIME, Kind::Known(Known::Time), image: Image::NO, checked: true,
    put: put_time, valid: |bytes| time(bytes).is_some(), get: time);
leaf!(PrimitiveDateTime, BOTH, Kind::Known(Known::DateTime), image: Image::NO, checked: true,
    put: put_both, valid: |bytes| both(bytes).is_some(), get: both);
leaf!(UtcDateTime, BOTH, Kind::Known(Known::Utc), image: Image::NO, checked: true,
    put: put_utc, valid: |bytes| utc(bytes).is_some(), get: utc);
leaf!(OffsetDateTime, ZONED, Kind::Known(Known::Zoned), image: Image::NO, checked: true,
    put: put_zoned, valid: |bytes| zoned(bytes).is_some(), get: zoned);
leaf!(Duration, DELTA, Kind::Known(Known::Delta), image: Image::NO, checked: true,
    put: put_delta, valid: |bytes| delta(bytes).is_some(), get: delta);

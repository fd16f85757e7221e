//! `chrono`'s dates and times, in UTC and in fixed time zones. In Python they are types of `datetime`, which has no
//! leap seconds, nothing finer than a microsecond, and the years 1 to 9999.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Utc};

use crate::impls::number::{join, leaf, split};
use crate::protocol::decode::{Checker, Reader};
use crate::protocol::encode::{Size, Writer};
use crate::protocol::memory::Image;
use crate::schema::{Kind, Schema};
use crate::standard::Known;
use crate::state::{Restore, State};

const DATE: usize = Known::Date.head();
const TIME: usize = Known::Time.head();
const BOTH: usize = Known::DateTime.head();
const ZONED: usize = Known::Zoned.head();
const DELTA: usize = Known::Delta.head();

fn date(bytes: [u8; DATE]) -> Option<NaiveDate> {
    NaiveDate::from_num_days_from_ce_opt(i32::from_le_bytes(bytes))
}

fn put_time(time: NaiveTime) -> [u8; TIME] {
    join(time.num_seconds_from_midnight().to_le_bytes(), time.nanosecond().to_le_bytes())
}

fn time(bytes: [u8; TIME]) -> Option<NaiveTime> {
    let (seconds, nanos) = split::<4, 4>(&bytes)?;
    NaiveTime::from_num_seconds_from_midnight_opt(u32::from_le_bytes(seconds), u32::from_le_bytes(nanos))
}

fn put_both(both: NaiveDateTime) -> [u8; BOTH] {
    join(both.date().num_days_from_ce().to_le_bytes(), put_time(both.time()))
}

fn both(bytes: [u8; BOTH]) -> Option<NaiveDateTime> {
    let (day, clock) = split::<DATE, TIME>(&bytes)?;
    Some(date(day)?.and_time(time(clock)?))
}

fn zoned(bytes: [u8; ZONED]) -> Option<DateTime<FixedOffset>> {
    let (moment, offset) = split::<BOTH, 4>(&bytes)?;
    let offset = FixedOffset::east_opt(i32::from_le_bytes(offset))?;
    Some(DateTime::from_naive_utc_and_offset(both(moment)?, offset))
}

fn put_delta(delta: TimeDelta) -> [u8; DELTA] {
    // Both are rounded towards zero.
    let (seconds, nanos) = (delta.num_seconds(), delta.subsec_nanos());
    let (seconds, nanos) = if nanos < 0 { (seconds - 1, nanos + 1_000_000_000) } else { (seconds, nanos) };
    join(seconds.to_le_bytes(), nanos.to_le_bytes())
}

fn delta(bytes: [u8; DELTA]) -> Option<TimeDelta> {
    let (seconds, nanos) = split::<8, 4>(&bytes)?;
    TimeDelta::new(i64::from_le_bytes(seconds), u32::from_le_bytes(nanos))
}

leaf!(NaiveDate, DATE, Kind::Known(Known::Date), image: Image::NO, checked: true,
    put: |day: NaiveDate| day.num_days_from_ce().to_le_bytes(), valid: |bytes| date(bytes).is_some(), get: date);
leaf!(NaiveTime, TIME, Kind::Known(Known::Time), image: Image::NO, checked: true,
    put: put_time, valid: |bytes| time(bytes).is_some(), get: time);
leaf!(NaiveDateTime, BOTH, Kind::Known(Known::DateTime), image: Image::NO, checked: true,
    put: put_both, valid: |bytes| both(bytes).is_some(), get: both);
leaf!(DateTime<Utc>, BOTH, Kind::Known(Known::Utc), image: Image::NO, checked: true,
    put: |moment: DateTime<Utc>| put_both(moment.naive_utc()), valid: |bytes| both(bytes).is_some(),
    get: |bytes| both(bytes).map(|moment| moment.and_utc()));
leaf!(DateTime<FixedOffset>, ZONED, Kind::Known(Known::Zoned), image: Image::NO, checked: true,
    put: |moment: DateTime<FixedOffset>| {
        join(put_both(moment.naive_utc()), moment.offset().local_minus_utc().to_le_bytes())
    },
    valid: |bytes| zoned(bytes).is_some(), get: zoned);
leaf!(TimeDelta, DELTA, Kind::Known(Known::Delta), image: Image::NO, checked: true,
    put: put_delta, valid: |bytes| delta(bytes).is_some(), get: delta);

//! `datetime.datetime`: a date and time, with a time zone or without one.

use alloc::vec::Vec;

use super::date::Date;
use super::time::{Clock, clock};
use super::{DAY, args, number, packed, signed, timedelta};
use crate::value::repr::{Layout, Object, Source};
use crate::walk::Decoder;

const NAME: &str = "datetime.datetime";

fn unpack([high, low, month, day, hour, rest @ ..]: [u8; 10]) -> Option<(Date, Clock)> {
    let [minute, second, a, b, c] = rest;
    let date = Date::unpack([high, low, month & 0x7F, day])?;
    Some((date, Clock::unpack([hour, minute, second, a, b, c], month >= 0x80)?))
}

/// Packs the time of a head as Python does, `offset` seconds later; `None` if its date or time cannot be packed.
pub(crate) fn pack(head: &[u8], offset: i32) -> Option<[u8; 10]> {
    let (seconds, nanos) = clock(head, 4)?;
    let moved = i64::from(seconds) + i64::from(offset);
    let date = Date::of_number(i64::from(signed(head, 0)?) + moved.div_euclid(DAY))?;
    // A leap second may now be in the middle of a minute; Python has none in any case.
    let time = Clock::of_seconds(moved.rem_euclid(DAY) as u32, nanos)?;
    let mut packed = [0; 10];
    packed[..4].copy_from_slice(&date.pack());
    packed[4..].copy_from_slice(&time.pack());
    Some(packed)
}

/// The head of a packed time that is `offset` seconds ahead.
pub(crate) fn of_packed(bytes: [u8; 10], offset: i32) -> Option<[u8; 12]> {
    let (date, time) = unpack(bytes)?;
    let (seconds, nanos) = time.seconds();
    let moved = i64::from(seconds) - i64::from(offset);
    // At most a day before or after the years that Python has.
    let day = i64::from(date.number()?) + moved.div_euclid(DAY);
    let mut head = [0; 12];
    head[..4].copy_from_slice(&(day as i32).to_le_bytes());
    head[4..8].copy_from_slice(&(moved.rem_euclid(DAY) as u32).to_le_bytes());
    head[8..].copy_from_slice(&nanos.to_le_bytes());
    Some(head)
}

/// The head of a Python object without a time zone.
pub(super) fn head<'v, D: Decoder<'v>>(value: D) -> Option<[u8; 12]> {
    of_packed(args(value, NAME, 1)?.next().and_then(packed)?, 0)
}

/// The head of a Python object in UTC, and the offset of its time zone.
pub(crate) fn moment<'v, D: Decoder<'v>>(value: D) -> Option<([u8; 12], i32)> {
    let mut args = args(value, NAME, 2)?;
    let (bytes, zone) = (packed(args.next()?)?, args.next()?);
    let offset = offset(timedelta::head(zone.called("datetime.timezone")?.next()?)?)?;
    Some((of_packed(bytes, offset)?, offset))
}

/// The offset of a time zone whose difference from UTC has this head.
pub(crate) fn offset(difference: [u8; 12]) -> Option<i32> {
    let (seconds, nanos) = timedelta::span(&difference)?;
    i32::try_from(seconds).ok().filter(|offset| nanos == 0 && i64::from(offset.unsigned_abs()) < DAY)
}

/// Converts the head of a time in UTC to seconds and nanoseconds since 1970.
pub(crate) fn since_1970(mut head: [u8; 12]) -> Option<[u8; 12]> {
    /// The number of the first day of 1970.
    const EPOCH: i64 = 719_163;
    let (day, seconds) = (signed(&head, 0)?, number(&head, 4)?);
    let seconds = (i64::from(day) - EPOCH) * DAY + i64::from(seconds);
    head[..8].copy_from_slice(&seconds.to_le_bytes());
    Some(head)
}

pub(super) fn print<'a, S: Source<'a>>(object: &Object<'a, S>) -> Option<Layout<'a, S>> {
    let (bytes, zone) = super::packed_and_zone(object)?;
    let (date, time) = unpack(bytes)?;
    Some(Layout::new(NAME, date.fields().into_iter().chain(time.fields(zone)).collect::<Vec<_>>()))
}

//! Between the heads of these types and the packed bytes and numbers in which Python pickles its own.

use super::calendar;

const DAY: i64 = 86_400;
const MICROS: i64 = 1_000_000;

/// The most days that a `timedelta` has.
const MOST_DAYS: i64 = 999_999_999;

fn number(head: &[u8], at: usize) -> Option<u32> {
    head.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}

fn signed(head: &[u8], at: usize) -> Option<i32> {
    head.get(at..)?.first_chunk().map(|bytes| i32::from_le_bytes(*bytes))
}

/// The seconds and nanoseconds of a time of day.
pub(crate) fn clock(head: &[u8], at: usize) -> Option<(u32, u32)> {
    let (seconds, nanos) = (number(head, at)?, number(head, at + 4)?);
    // Only the last second of a minute can be followed by a leap second.
    let most = if seconds % 60 == 59 { 2_000_000_000 } else { 1_000_000_000 };
    (i64::from(seconds) < DAY && nanos < most).then_some((seconds, nanos))
}

/// A `datetime.date`; `None` for a year that Python has not.
pub(crate) fn date(head: &[u8]) -> Option<[u8; 4]> {
    let (year, month, day) = calendar::date(signed(head, 0)?)?;
    let [high, low] = year.to_be_bytes();
    Some([high, low, month, day])
}

/// A `datetime.time`; `None` for a leap second, and for parts of a microsecond.
pub(crate) fn time(head: &[u8]) -> Option<[u8; 6]> {
    let (seconds, nanos) = clock(head, 0)?;
    let [0, micros @ ..] = (nanos / 1000).to_be_bytes() else { return None };
    if nanos >= 1_000_000_000 || nanos % 1000 != 0 {
        return None;
    }
    let [high, middle, low] = micros;
    Some([(seconds / 3600) as u8, (seconds / 60 % 60) as u8, (seconds % 60) as u8, high, middle, low])
}

/// A `datetime.datetime`, so many seconds later than the head says; `None` as for both of its parts.
pub(crate) fn datetime(head: &[u8], offset: i32) -> Option<[u8; 10]> {
    let (seconds, nanos) = clock(head, 4)?;
    let moved = i64::from(seconds) + i64::from(offset);
    let day = i64::from(signed(head, 0)?) + moved.div_euclid(DAY);
    let date = date(&i32::try_from(day).ok()?.to_le_bytes())?;
    let mut clock = [0; 8];
    clock[..4].copy_from_slice(&(moved.rem_euclid(DAY) as u32).to_le_bytes());
    // A leap second may now stand in the midst of a minute; Python has none in any case.
    clock[4..].copy_from_slice(&nanos.to_le_bytes());
    let mut packed = [0; 10];
    packed[..4].copy_from_slice(&date);
    packed[4..].copy_from_slice(&time(&clock)?);
    Some(packed)
}

/// The seconds east of UTC.
pub(crate) fn offset(head: &[u8]) -> Option<i32> {
    signed(head, 12).filter(|offset| i64::from(*offset).abs() < DAY)
}

/// The days, seconds and microseconds of a `datetime.timedelta`; `None` for parts of a microsecond, and for more than a
/// thousand million days.
pub(crate) fn delta(head: &[u8]) -> Option<[i64; 3]> {
    let (seconds, nanos) = span(head)?;
    let days = seconds.div_euclid(DAY);
    let held = nanos % 1000 == 0 && (-MOST_DAYS..=MOST_DAYS).contains(&days);
    held.then(|| [days, seconds.rem_euclid(DAY), i64::from(nanos / 1000)])
}

/// The seconds and nanoseconds of a difference.
pub(crate) fn span(head: &[u8]) -> Option<(i64, u32)> {
    let seconds = i64::from_le_bytes(*head.first_chunk()?);
    let nanos = number(head, 8)?;
    (nanos < 1_000_000_000).then_some((seconds, nanos))
}

/// The days, seconds and microseconds of a time zone's difference from UTC.
pub(crate) fn offset_delta(offset: i32) -> [i64; 3] {
    let offset = i64::from(offset);
    [offset.div_euclid(DAY), offset.rem_euclid(DAY), 0]
}

/// The head of a `datetime.date`.
pub(crate) fn date_head(packed: &[u8]) -> Option<[u8; 4]> {
    let &[high, low, month, day] = packed else { return None };
    calendar::ordinal(u16::from_be_bytes([high, low]), month, day).map(i32::to_le_bytes)
}

/// The head of a `datetime.time`. Which of two times it means that a clock shows alike, is not kept.
pub(crate) fn time_head(packed: &[u8]) -> Option<[u8; 8]> {
    let &[hour, minute, second, high, middle, low] = packed else { return None };
    let (hour, micros) = (hour & 0x7F, u32::from_be_bytes([0, high, middle, low]));
    if hour >= 24 || minute >= 60 || second >= 60 || i64::from(micros) >= MICROS {
        return None;
    }
    let seconds = 3600 * u32::from(hour) + 60 * u32::from(minute) + u32::from(second);
    let mut head = [0; 8];
    head[..4].copy_from_slice(&seconds.to_le_bytes());
    head[4..].copy_from_slice(&(micros * 1000).to_le_bytes());
    Some(head)
}

/// The head of a `datetime.datetime` that is so many seconds ahead.
pub(crate) fn datetime_head(packed: &[u8], offset: i32) -> Option<[u8; 12]> {
    let (date, time) = packed.split_at_checked(4)?;
    let &[high, low, month, day] = date else { return None };
    let (date, clock) = (date_head(&[high, low, month & 0x7F, day])?, time_head(time)?);
    let moved = i64::from(number(&clock, 0)?) - i64::from(offset);
    // At most a day before or behind the years that Python has.
    let day = i64::from(i32::from_le_bytes(date)) + moved.div_euclid(DAY);
    let mut head = [0; 12];
    head[..4].copy_from_slice(&(day as i32).to_le_bytes());
    head[4..8].copy_from_slice(&(moved.rem_euclid(DAY) as u32).to_le_bytes());
    head[8..].copy_from_slice(&clock[4..]);
    Some(head)
}

/// The head of a `datetime.timedelta`, of any days, seconds and microseconds, as Python adds them up.
pub(crate) fn delta_head([days, seconds, micros]: [i128; 3]) -> Option<[u8; 12]> {
    let seconds = days.checked_mul(DAY.into())?.checked_add(seconds)?;
    let seconds = seconds.checked_add(micros.div_euclid(MICROS.into()))?;
    let micros = micros.rem_euclid(MICROS.into()) as u32;
    let mut head = [0; 12];
    head[..8].copy_from_slice(&i64::try_from(seconds).ok()?.to_le_bytes());
    head[8..].copy_from_slice(&(micros * 1000).to_le_bytes());
    Some(head)
}

/// Whether a number stands in as few bytes as can be: two's complement, if `signed`.
pub(crate) fn is_shortest(bytes: &[u8], is_signed: bool) -> bool {
    match *bytes {
        [0] => false,
        [.., last] if !is_signed => last != 0,
        [.., before, last] => !(last == 0 && before < 0x80 || last == 0xFF && before >= 0x80),
        [] | [_] => true,
    }
}

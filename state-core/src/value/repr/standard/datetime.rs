//! Dates, times and their differences, from the packed bytes in which Python pickles them.

use alloc::{borrow::Cow, format, string::ToString, vec::Vec};

use super::super::{Field, Layout, Look, Object, Source};

pub(super) fn date<'a, S: Source<'a>>(object: &Object<'a, S>) -> Option<Layout<'a, S>> {
    let [bytes] = object.exactly().filter(|_| object.has_only_args())?;
    Some(Layout::new("datetime.date", numbers(&unpack_date(packed(object.source, bytes)?)?)))
}

pub(super) fn time<'a, S: Source<'a>>(object: &Object<'a, S>) -> Option<Layout<'a, S>> {
    let ([hour, rest @ ..], zone) = packed_and_zone::<S, 6>(object)?;
    Some(Layout::new("datetime.time", clock(&[], [hour & 0x7f], rest, hour >= 0x80, zone)?))
}

pub(super) fn datetime<'a, S: Source<'a>>(object: &Object<'a, S>) -> Option<Layout<'a, S>> {
    let ([high, low, month, day, hour, rest @ ..], zone) = packed_and_zone::<S, 10>(object)?;
    let date = unpack_date([high, low, month & 0x7f, day])?;
    Some(Layout::new("datetime.datetime", clock(&date, [hour], rest, month >= 0x80, zone)?))
}

/// Days, seconds and microseconds, as Python adds them up. Those that are zero are left out.
pub(super) fn timedelta<'a, S: Source<'a>>(object: &Object<'a, S>) -> Option<Layout<'a, S>> {
    let mut fields = Vec::new();
    for (name, number) in ["days", "seconds", "microseconds"].into_iter().zip(delta(object)?) {
        if number != 0 {
            fields.push(Field::text(format!("{name}={number}")));
        }
    }
    if fields.is_empty() {
        fields.push(Field::text("0"));
    }
    Some(Layout::new("datetime.timedelta", fields))
}

fn delta<'a, S: Source<'a>>(object: &Object<'a, S>) -> Option<[i32; 3]> {
    let parts: [S::Part; 3] = object.exactly().filter(|_| object.has_only_args())?;
    let number = |part: S::Part| i32::try_from(&*object.source.int(part)?).ok();
    let [days, seconds, microseconds] = parts.map(number);
    let (days, seconds, microseconds) = (days?, seconds?, microseconds?);
    let fits =
        days.unsigned_abs() <= 999_999_999 && (0..86_400).contains(&seconds) && (0..1_000_000).contains(&microseconds);
    fits.then_some([days, seconds, microseconds])
}

/// A fixed difference from UTC, and its name where it has one.
pub(super) fn timezone<'a, S: Source<'a>>(object: &Object<'a, S>) -> Option<Layout<'a, S>> {
    let source = object.source;
    let (offset, name) = one_or_two(object)?;
    let Look::Object(of) = source.look(offset) else { return None };
    let difference = delta(&of).filter(|_| of.name() == "datetime.timedelta")?;
    match name {
        None if difference == [0; 3] => Some(Layout::word("datetime.timezone.utc")),
        None => Some(Layout::new("datetime.timezone", [Field::Part(offset)])),
        Some(name) => {
            source.text(name)?;
            Some(Layout::new("datetime.timezone", [Field::Part(offset), Field::Part(name)]))
        }
    }
}

/// `ZoneInfo._unpickle(key, whether it is kept)`.
pub(super) fn zone_info<'a, S: Source<'a>>(object: &Object<'a, S>) -> Option<Layout<'a, S>> {
    let [key, kept] = object.exactly().filter(|_| object.has_only_args())?;
    let is_kept = match object.source.look(kept) {
        Look::Int(kept) => *kept == 0 || *kept == 1,
        Look::Leaf(kept) => kept.as_bool().is_some(),
        _ => false,
    };
    is_kept.then(|| Layout::new("zoneinfo.ZoneInfo", [Field::Labelled("key=".into(), key)]))
}

fn one_or_two<'a, S: Source<'a>>(object: &Object<'a, S>) -> Option<(S::Part, Option<S::Part>)> {
    let one = object.exactly().map(|[one]| (one, None));
    let two = || object.exactly().map(|[one, two]| (one, Some(two)));
    one.or_else(two).filter(|_| object.has_only_args())
}

fn packed_and_zone<'a, S: Source<'a>, const N: usize>(object: &Object<'a, S>) -> Option<([u8; N], Option<S::Part>)> {
    let (bytes, zone) = one_or_two(object)?;
    let zone = zone.filter(|&zone| !matches!(object.source.look(zone), Look::None));
    Some((packed(object.source, bytes)?, zone))
}

/// Bytes in which several numbers are packed; Python 2 has them as text.
fn packed<'a, S: Source<'a>, const N: usize>(source: S, part: S::Part) -> Option<[u8; N]> {
    let bytes = match source.look(part) {
        Look::Bytes(bytes) => Cow::Borrowed(bytes),
        Look::Text(text) if text.len() <= 2 * N => {
            let bytes = text.chars().map(|char| u8::try_from(char).ok());
            Cow::Owned(bytes.collect::<Option<Vec<u8>>>()?)
        }
        _ => return None,
    };
    (*bytes).try_into().ok()
}

/// Year, month and day.
fn unpack_date([high, low, month, day]: [u8; 4]) -> Option<[u32; 3]> {
    let year = u16::from_be_bytes([high, low]);
    let fits = (1..=9999).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    fits.then_some([year.into(), month.into(), day.into()])
}

/// The fields of a time, behind those of its date. Seconds and their parts are left out where they are zero; `fold`
/// tells the second of two times that a clock shows alike.
fn clock<'a, S: Source<'a>>(
    date: &[u32],
    [hour]: [u8; 1],
    [minute, second, a, b, c]: [u8; 5],
    fold: bool,
    zone: Option<S::Part>,
) -> Option<Vec<Field<'a, S>>> {
    let microsecond = u32::from_be_bytes([0, a, b, c]);
    if hour >= 24 || minute >= 60 || second >= 60 || microsecond >= 1_000_000 {
        return None;
    }
    let time = [hour.into(), minute.into(), second.into(), microsecond];
    let shown = match (second, microsecond) {
        (0, 0) => 2,
        (_, 0) => 3,
        _ => 4,
    };
    let mut fields = numbers(date);
    fields.extend(numbers(&time[..shown]));
    fields.extend(zone.map(|zone| Field::Labelled("tzinfo=".into(), zone)));
    fields.extend(fold.then(|| Field::text("fold=1")));
    Some(fields)
}

fn numbers<'a, S: Source<'a>>(numbers: &[u32]) -> Vec<Field<'a, S>> {
    numbers.iter().map(|number| Field::text(number.to_string())).collect()
}

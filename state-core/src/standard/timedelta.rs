//! `datetime.timedelta`: a difference of times.

use alloc::{format, vec::Vec};

use super::{DAY, args, number};
use crate::value::repr::{Field, Layout, Object, Source};
use crate::walk::Decoder;

const NAME: &str = "datetime.timedelta";
const MICROS: i128 = 1_000_000;

/// The largest number of days.
const MOST_DAYS: i64 = 999_999_999;

/// The seconds and nanoseconds in a head. The nanoseconds are negative only together with the least number of seconds,
/// which has none before it.
pub(crate) fn span(head: &[u8]) -> Option<(i64, u32)> {
    let seconds = i64::from_le_bytes(*head.first_chunk()?);
    let nanos: u32 = number(head, 8)?;
    let fits = |nanos: u32| nanos < 1_000_000_000;
    (fits(nanos) || seconds == i64::MIN && fits(nanos.wrapping_neg())).then_some((seconds, nanos))
}

/// The days, seconds and microseconds of a head; `None` for fractions of a microsecond, and beyond [`MOST_DAYS`].
pub(crate) fn numbers(head: &[u8]) -> Option<[i64; 3]> {
    let (seconds, nanos) = span(head)?;
    let days = seconds.div_euclid(DAY);
    let held = nanos % 1000 == 0 && (-MOST_DAYS..=MOST_DAYS).contains(&days);
    held.then(|| [days, seconds.rem_euclid(DAY), i64::from(nanos / 1000)])
}

/// The head of a Python object with any days, seconds and microseconds, added up as Python does.
pub(crate) fn head<'v, D: Decoder<'v>>(value: D) -> Option<[u8; 12]> {
    let mut args = args(value, NAME, 3)?;
    of_numbers([args.next()?.int()?, args.next()?.int()?, args.next()?.int()?])
}

/// The head for any days, seconds and microseconds, added up as Python does.
pub(crate) fn of_numbers([days, seconds, micros]: [i128; 3]) -> Option<[u8; 12]> {
    let seconds = days.checked_mul(DAY.into())?.checked_add(seconds)?;
    let seconds = seconds.checked_add(micros.div_euclid(MICROS))?;
    let micros = micros.rem_euclid(MICROS) as u32;
    let mut head = [0; 12];
    head[..8].copy_from_slice(&i64::try_from(seconds).ok()?.to_le_bytes());
    head[8..].copy_from_slice(&(micros * 1000).to_le_bytes());
    Some(head)
}

/// Prints the parts that are not zero.
pub(super) fn print<'a, S: Source<'a>>(object: &Object<'a, S>) -> Option<Layout<'a, S>> {
    let parts = ["days", "seconds", "microseconds"].into_iter().zip(parts(object)?);
    let shown = parts.filter(|(_, number)| *number != 0);
    let mut fields: Vec<_> = shown.map(|(name, number)| Field::text(format!("{name}={number}"))).collect();
    if fields.is_empty() {
        fields.push(Field::text("0"));
    }
    Some(Layout::new(NAME, fields))
}

/// The days, seconds and microseconds, normalised as Python keeps them.
pub(super) fn parts<'a, S: Source<'a>>(object: &Object<'a, S>) -> Option<[i64; 3]> {
    let parts: [S::Part; 3] = object.exactly().filter(|_| object.name() == NAME && object.has_only_args())?;
    let number = |part: S::Part| i64::try_from(&*object.source.int(part)?).ok();
    let [Some(days), Some(seconds), Some(micros)] = parts.map(number) else { return None };
    let fits = (-MOST_DAYS..=MOST_DAYS).contains(&days)
        && (0..DAY).contains(&seconds)
        && (0..MICROS).contains(&i128::from(micros));
    fits.then_some([days, seconds, micros])
}

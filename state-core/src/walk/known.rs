//! The types for which Python has a class, from its objects to their image.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::fill::{Fill, wrong};
use super::{Attributes, Decoder};
use crate::error::Result;
use crate::known::{Known, python};
use crate::schema::Schema;

/// Fills one of these types.
pub(super) fn known<'v, D: Decoder<'v>>(
    fill: &mut Fill<'v>,
    (schema, known): (&Schema, Known),
    value: D,
    at: usize,
) -> Result<()> {
    let bytes = match known {
        Known::Int | Known::Natural => {
            let number = integer(value, known).ok_or_else(|| wrong(schema, value))?;
            fill.builder.length(at, number.len());
            let run = fill.builder.run(number.len(), 1);
            fill.builder.write(run, &number);
            return Ok(());
        }
        Known::Uuid => uuid(value).map(Vec::from),
        Known::Delta => delta(value).map(Vec::from).or_else(|| parts(value, known)),
        Known::Date => args(value, "datetime.date", 1)
            .and_then(|mut args| python::date_head(&packed(args.next()?)?))
            .map(Vec::from)
            .or_else(|| parts(value, known)),
        Known::Time => args(value, "datetime.time", 1)
            .and_then(|mut args| python::time_head(&packed(args.next()?)?))
            .map(Vec::from)
            .or_else(|| parts(value, known)),
        Known::DateTime => args(value, "datetime.datetime", 1)
            .and_then(|mut args| python::datetime_head(&packed(args.next()?)?, 0))
            .map(Vec::from)
            .or_else(|| parts(value, known)),
        Known::Utc => moment(value).map(|(head, _)| head.into()).or_else(|| parts(value, known)),
        Known::Zoned => moment(value)
            .map(|(head, offset)| [&head[..], &offset.to_le_bytes()].concat())
            .or_else(|| parts(value, known)),
    };
    fill.builder.write(at, &bytes.ok_or_else(|| wrong(schema, value))?);
    Ok(())
}

/// The arguments of an object of Python's, if there are so many.
fn args<'v, D: Decoder<'v>>(value: D, class: &str, count: usize) -> Option<D::Items> {
    value.called(class).filter(|args| args.len() == count)
}

/// Bytes in which several numbers are packed; Python 2 has them as text.
fn packed<'v, D: Decoder<'v>>(value: D) -> Option<Cow<'v, [u8]>> {
    match value.bytes() {
        Some(bytes) => Some(Cow::Borrowed(bytes)),
        None => value.str()?.chars().map(|char| u8::try_from(char).ok()).collect::<Option<Vec<u8>>>().map(Cow::Owned),
    }
}

/// The head of a `timedelta`.
pub(super) fn delta<'v, D: Decoder<'v>>(value: D) -> Option<[u8; 12]> {
    let mut args = args(value, "datetime.timedelta", 3)?;
    python::delta_head([args.next()?.int()?, args.next()?.int()?, args.next()?.int()?])
}

/// The head of a `datetime` in UTC, and how far its time zone is ahead.
pub(super) fn moment<'v, D: Decoder<'v>>(value: D) -> Option<([u8; 12], i32)> {
    let mut args = args(value, "datetime.datetime", 2)?;
    let (packed, zone) = (packed(args.next()?)?, args.next()?);
    let (seconds, nanos) = python::span(&delta(zone.called("datetime.timezone")?.next()?)?)?;
    let offset = i32::try_from(seconds).ok().filter(|offset| nanos == 0 && offset.abs() < 86_400)?;
    Some((python::datetime_head(&packed, offset)?, offset))
}

/// What Python's class could not hold: the numbers of the head.
fn parts<'v, D: Decoder<'v>>(value: D, known: Known) -> Option<Vec<u8>> {
    let sizes = known.parts();
    let items = value.items().filter(|items| items.len() == sizes.len())?;
    let mut head = Vec::new();
    for (item, &size) in items.zip(sizes) {
        let number = item.int()?;
        let unused = 128 - 8 * size;
        // Some are signed and others are not; which, is found when the image is tested.
        if number << unused >> unused != number && number >> (8 * size) != 0 {
            return None;
        }
        head.extend_from_slice(&number.to_le_bytes()[..size]);
    }
    Some(head)
}

/// A `uuid.UUID` keeps its number by name.
fn uuid<'v, D: Decoder<'v>>(value: D) -> Option<[u8; 16]> {
    if let Some(bytes) = value.bytes() {
        return bytes.try_into().ok();
    }
    let Attributes::Named(named) = value.attributes("uuid.UUID")? else { return None };
    let (_, number) = named.into_iter().find(|(name, _)| *name == "int")?;
    number.big().map(u128::to_be_bytes)
}

fn integer<'v, D: Decoder<'v>>(value: D, known: Known) -> Option<Cow<'v, [u8]>> {
    let mut number = value.long()?;
    if known == Known::Natural {
        match *number {
            [.., last] if last >= 0x80 => return None,
            // Only there for the sign.
            [.., 0] => drop(number.to_mut().pop()),
            _ => {}
        }
    }
    Some(number)
}

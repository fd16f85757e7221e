//! `datetime.timezone`: a fixed difference from UTC; and `zoneinfo.ZoneInfo`.

use super::{DAY, signed, timedelta};
use crate::value::repr::{Field, Layout, Look, Object, Source};

/// The seconds east of UTC in the head of a time.
pub(crate) fn offset(head: &[u8]) -> Option<i32> {
    signed(head, 12).filter(|offset| i64::from(*offset).abs() < DAY)
}

/// The days, seconds and microseconds of the difference.
pub(crate) fn numbers(offset: i32) -> [i64; 3] {
    let offset = i64::from(offset);
    [offset.div_euclid(DAY), offset.rem_euclid(DAY), 0]
}

pub(super) fn print<'a, S: Source<'a>>(object: &Object<'a, S>) -> Option<Layout<'a, S>> {
    let source = object.source;
    let (offset, name) = super::one_or_two(object)?;
    let Look::Object(of) = source.look(offset) else { return None };
    let difference = timedelta::parts(&of)?;
    match name {
        None if difference == [0; 3] => Some(Layout::word("datetime.timezone.utc")),
        None => Some(Layout::new("datetime.timezone", [Field::Part(offset)])),
        Some(name) => {
            source.text(name)?;
            Some(Layout::new("datetime.timezone", [Field::Part(offset), Field::Part(name)]))
        }
    }
}

/// Prints `ZoneInfo._unpickle(key, whether it is cached)`.
pub(super) fn print_zone_info<'a, S: Source<'a>>(object: &Object<'a, S>) -> Option<Layout<'a, S>> {
    let [key, kept] = object.exactly().filter(|_| object.has_only_args())?;
    let is_flag = match object.source.look(kept) {
        Look::Int(kept) => *kept == 0 || *kept == 1,
        Look::Leaf(kept) => kept.as_bool().is_some(),
        _ => false,
    };
    is_flag.then(|| Layout::new("zoneinfo.ZoneInfo", [Field::Labelled("key=".into(), key)]))
}

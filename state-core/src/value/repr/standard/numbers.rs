//! Fractions, UUIDs and ranges.

use alloc::{format, vec::Vec};

use super::super::super::Int;
use super::super::{Field, Layout, Object, Source, State, look::is_empty};

/// Text is no number to Python that has more digits.
const MOST_DIGITS: usize = 4300;

/// In lowest terms. It is pickled as its text before Python 3.12 and as two numbers since.
pub(super) fn fraction<'a, S: Source<'a>>(object: &Object<'a, S>) -> Option<Layout<'a, S>> {
    let source = object.source;
    if let Some([numerator, denominator]) = object.exactly().filter(|_| object.has_only_args()) {
        let (above, below) = (source.int(numerator)?, source.int(denominator)?);
        let parts = [Field::Part(numerator), Field::Part(denominator)];
        return is_lowest(&above, &below).then(|| Layout::new("Fraction", parts));
    }
    let [text] = object.exactly().filter(|_| object.has_only_args())?;
    let text = source.text(text)?;
    let (above, below) = text.split_once('/').unwrap_or((text, "1"));
    if above.len().max(below.len()) > MOST_DIGITS {
        return None;
    }
    let (above, below): (Int, Int) = (above.parse().ok()?, below.parse().ok()?);
    let parts = [&above, &below].map(|number| Field::text(format!("{number}")));
    is_lowest(&above, &below).then(|| Layout::new("Fraction", parts))
}

/// Whether Python keeps them as they are, as far as that is found at once.
fn is_lowest(above: &Int, below: &Int) -> bool {
    if below.is_negative() || *below == 0 {
        return false;
    }
    match (i128::try_from(above), u128::try_from(below)) {
        (Ok(above), Ok(below)) => {
            let (mut a, mut b) = (above.unsigned_abs(), below);
            while b != 0 {
                (a, b) = (b, a % b);
            }
            a == 1
        }
        _ => true,
    }
}

/// The number of a UUID is in its state; beside it can stand what the operating system said of its safety.
pub(super) fn uuid<'a, S: Source<'a>>(object: &Object<'a, S>) -> Option<Layout<'a, S>> {
    let source = object.source;
    let State::Other(state) = object.state else { return None };
    if object.kwargs.is_some() || !is_empty(&object.args) || !is_empty(&object.items) || !is_empty(&object.entries) {
        return None;
    }
    let entries: Vec<S::Part> = source.entries(state)?.take(5).collect();
    let mut number = None;
    for entry in entries.chunks(2) {
        let &[key, value] = entry else { return None };
        if !source.is_short(key) || !source.is_short(value) {
            return None;
        }
        match source.text(key)? {
            "int" => number = u128::try_from(&*source.int(value)?).ok(),
            "is_safe" => drop(source.int(value)?),
            _ => return None,
        }
    }
    let digits = format!("{:032x}", number?);
    let groups = [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]];
    Some(Layout::new("UUID", [Field::text(format!("'{}'", groups.join("-")))]))
}

/// A step of one is left out.
pub(super) fn range<'a, S: Source<'a>>(object: &Object<'a, S>) -> Option<Layout<'a, S>> {
    let parts: [S::Part; 3] = object.exactly().filter(|_| object.has_only_args())?;
    let [Some(_), Some(_), Some(step)] = parts.map(|part| object.source.int(part)) else { return None };
    let shown = if *step == 1 { 2 } else { 3 };
    Some(Layout::new("range", parts.into_iter().take(shown).map(Field::Part).collect::<Vec<_>>()))
}

//! `fractions.Fraction`.

use alloc::format;

use crate::value::Int;
use crate::value::repr::{Field, Layout, Object, Source};

/// The length of text beyond which Python does not convert it to a number.
const MOST_DIGITS: usize = 4300;

/// Prints a fraction in lowest terms. It is pickled as text before Python 3.12, and as two numbers since.
pub(super) fn print<'a, S: Source<'a>>(object: &Object<'a, S>) -> Option<Layout<'a, S>> {
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

/// Whether Python would keep the numbers as they are, as far as that is quick to find out.
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

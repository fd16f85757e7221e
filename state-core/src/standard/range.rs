//! `range`, and `slice`, which represents the same numbers.

use alloc::vec::Vec;

use crate::value::repr::{Field, Layout, Object, Source};
use crate::walk::Decoder;

/// The two ends of a range or slice whose step is 1.
pub(crate) fn ends<'v, D: Decoder<'v>>(value: D) -> Option<impl ExactSizeIterator<Item = D>> {
    let args = || value.called("builtins.range").or_else(|| value.called("builtins.slice"));
    // The step may be left out.
    let mut parts = args().filter(|parts| matches!(parts.len(), 2 | 3))?;
    let is_one = parts.nth(2).is_none_or(|step| step.is_none() || step.int() == Some(1));
    args().filter(|_| is_one).map(|ends| ends.take(2))
}

/// Prints a range; a step of 1 is left out.
pub(super) fn print<'a, S: Source<'a>>(object: &Object<'a, S>) -> Option<Layout<'a, S>> {
    let parts: [S::Part; 3] = object.exactly().filter(|_| object.has_only_args())?;
    let [Some(_), Some(_), Some(step)] = parts.map(|part| object.source.int(part)) else { return None };
    let shown = if *step == 1 { 2 } else { 3 };
    Some(Layout::new("range", parts.into_iter().take(shown).map(Field::Part).collect::<Vec<_>>()))
}

//! `uuid.UUID`.

use alloc::{format, vec::Vec};

use crate::value::repr::{Field, Layout, Object, Source, State, is_empty};
use crate::walk::{Attributes, Decoder};

/// The head of a Python object, which keeps its number by name, or of 16 bytes.
pub(super) fn head<'v, D: Decoder<'v>>(value: D) -> Option<[u8; 16]> {
    if let Some(bytes) = value.bytes() {
        return bytes.try_into().ok();
    }
    let Attributes::Named(named) = value.attributes("uuid.UUID")? else { return None };
    let (_, number) = named.into_iter().find(|(name, _)| *name == "int")?;
    number.big().map(u128::to_be_bytes)
}

/// Prints a UUID, whose number is in its state, possibly beside what the operating system said about its safety.
pub(super) fn print<'a, S: Source<'a>>(object: &Object<'a, S>) -> Option<Layout<'a, S>> {
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

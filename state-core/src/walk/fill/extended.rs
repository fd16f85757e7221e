//! Objects whose state is that of a base class with items behind it: what `super().__getstate__() + (item, ..)` returns
//! in a subclass that is written in Python. The slots of the base have names; the items have an order alone.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::Fill;
use super::attributes::{find, one, tag_of};
use super::flat::{Beside, parent_where, places};
use super::older::by_names_of;
use crate::error::{Error, ErrorKind, Result};
use crate::protocol::stack;
use crate::schema::Object;
use crate::walk::{Decoder, Extended};

/// Fills an object from such a state: the parent of the name of the base from its slots, and the slots behind that
/// parent's from the items. `None` if the state is no such state.
#[cold]
pub(super) fn extended<'v, 's, D: Decoder<'v>>(
    fill: &mut Fill<'v, 's>,
    object: &'s Object,
    value: D,
    at: usize,
) -> Option<Result<()>> {
    let tag = tag_of(&object.name, object.evolution, value);
    let state = match value.extended(tag) {
        Ok(state) => state?,
        Err(error) => return Some(Err(error)),
    };
    let is_base = |parent: &Object| {
        let mut names = parent.evolution.aliases.iter().copied().chain([&*parent.name]);
        names.any(|name| is_called(&state.base, name))
    };
    if let Some(beside) = parent_where(fill.nodes, object, at, &is_base) {
        return Some(beside_base(fill, object, beside, state));
    }
    Some(match state.added.len() {
        // Then all slots have names, as in a state of the type itself.
        0 => by_names_of(fill, object, (tag, &[state.slots, state.attributes].concat()), at),
        count => Err(no_parent(tag, &state.base, count)),
    })
}

/// Returns whether a type tag means this class.
fn is_called(class: &str, tag: &str) -> bool {
    let is_in_main = || class.strip_prefix("__main__.") == Some(tag);
    class.len() == tag.len() && class.chars().eq(tag.chars().map(|letter| if letter == ':' { '.' } else { letter }))
        || is_in_main()
}

fn beside_base<'v, 's, D: Decoder<'v>>(
    fill: &mut Fill<'v, 's>,
    object: &'s Object,
    Beside { own, parent, at }: Beside<'s>,
    Extended { base, mut slots, attributes, added }: Extended<'v, D>,
) -> Result<()> {
    let all = places(fill.nodes, object, 0);
    let found: Vec<Option<usize>> = own.iter().map(|place| find(place, &all, &attributes)).collect();
    for (at, &(name, value)) in attributes.iter().enumerate() {
        let is_slot = || all.iter().any(|place| place.slot.name == name);
        let mut evolutions = own.iter().map(|place| place.owner.evolution).chain([object.evolution]);
        if !found.contains(&Some(at)) && (is_slot() || !evolutions.any(|of| of.is_removed(name))) {
            slots.push((name, value));
        }
    }
    let outer = fill.deeper()?;
    by_names_of(fill, parent, (&base, &slots), at)?;
    fill.parts = outer;
    let mut added = added.as_slice();
    for (place, found) in own.into_iter().zip(found) {
        match (added, found.map(|found| attributes[found].1)) {
            ([], Some(attribute)) => one(fill, place, Some(attribute))?,
            ([item, ..], Some(attribute)) if !is_same(fill, *item, attribute)? => {
                return Err(two_values(place.slot.name.to_string(), &base, *item, attribute));
            }
            _ => {
                let mut items = added.iter().copied();
                fill.slot(place.slot, &mut items, place.at).map_err(|error| error.within(&place.slot.name))?;
                added = &added[added.len() - items.len()..];
            }
        }
    }
    match added.first() {
        None => Ok(()),
        Some(more) => {
            let expected = format!("no more than the fields of {} behind the state of {base}", object.name);
            Err(Error::new(ErrorKind::Malformed, expected, format!("one more: {}", more.describe())))
        }
    }
}

/// Whether two parts are the same object, or have the same value.
fn is_same<'v, D: Decoder<'v>>(fill: &Fill<'v, '_>, a: D, b: D) -> Result<bool> {
    if a.identity().is_some() && a.identity() == b.identity() {
        return Ok(true);
    }
    let is_nan = |value: D| value.float().is_some_and(f64::is_nan);
    let levels = stack::levels(fill.parts);
    Ok(is_nan(a) && is_nan(b) || a.to_value(levels)? == b.to_value(levels)?)
}

#[cold]
fn two_values<'v, D: Decoder<'v>>(name: String, base: &str, item: D, attribute: D) -> Error {
    let expected = format!("the value that the attribute {name:?} has, {}", attribute.describe());
    let found = format!("{} behind the state of {base}", item.describe());
    let hint = format!(
        "for the latter, give the field another name, and write `#[state(removed({name:?}))]` on its type, which leaves \
         out the attribute"
    );
    Error::new(ErrorKind::Malformed, expected, found).with_hint(hint).within(&name)
}

#[cold]
fn no_parent(tag: &str, base: &str, count: usize) -> Error {
    let items = if count == 1 { "1 item".into() } else { format!("{count} items") };
    let expected = format!("{tag} with a state of its own");
    let found = format!("that of {base} with {items} behind it");
    let hint = format!(
        "a type for {tag} reads it whose first field is marked `#[state(flatten_parent)]` and has a type with the name \
         {base:?}, followed by fields for the items"
    );
    Error::new(ErrorKind::Malformed, expected, found).with_hint(hint)
}

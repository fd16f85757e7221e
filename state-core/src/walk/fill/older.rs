//! Objects whose slots are given by name, as an older version of their type wrote them: by an older form that is a type
//! of the program, or by the type's function that upgrades older states.

use alloc::string::String;
use alloc::vec::Vec;

use super::attributes::{Place, attributes, find, may_be, places};
use super::{Fill, fill_named};
use crate::error::Result;
use crate::protocol::builder::Builder;
use crate::protocol::stack;
use crate::schema::{Kind, Nodes, Object, OldForm, Upgrade};
use crate::value::NamedSlot;
use crate::walk::Decoder;

/// Fills an object from slots by name, in the state of a type that was called `tag` then. If its type upgrades older
/// states, a state with other slots than the present ones, or other types in them, is passed to its function.
pub(super) fn by_names_of<'v, 's, D: Decoder<'v>>(
    fill: &mut Fill<'v, 's>,
    object: &'s Object,
    (tag, named): (&str, &[(&'v str, D)]),
    at: usize,
) -> Result<()> {
    match object.evolution.upgrade {
        Some(upgrade) if !is_present(fill.nodes, object, named) => upgraded(fill, (object, upgrade), (tag, named), at),
        _ => match form_of(object, tag, named) {
            Some((form, older)) => fill.aside(|image| converted(image, (form, older), named, at)),
            None => attributes(fill, object, named, at),
        },
    }
}

/// Returns the older form, a type of the program, that has the names in a state that does not fit the present type.
fn form_of<'v, D: Decoder<'v>>(
    object: &Object,
    tag: &str,
    named: &[(&'v str, D)],
) -> Option<(&'static OldForm, &'static Object)> {
    let forms = object.evolution.forms;
    if forms.is_empty() || has_names(Nodes::NONE, object, named) {
        return None;
    }
    forms.iter().find_map(|form| match &(form.schema)().kind {
        Kind::Object(older) => {
            let is_called = older.name == tag || older.evolution.aliases.contains(&tag);
            (is_called && has_names(Nodes::NONE, older, named)).then_some((form, older))
        }
        _ => None,
    })
}

/// Whether each slot of a type has its value, and each value its slot.
fn has_names<'v, D: Decoder<'v>>(nodes: &Nodes, object: &Object, named: &[(&'v str, D)]) -> bool {
    let places = places(nodes, object, 0);
    let found: Vec<Option<usize>> = places.iter().map(|place| find(place, &places, named)).collect();
    let is_there = |(place, found): (&Place<'_>, &Option<usize>)| found.is_some() || place.slot.default.is_some();
    let drops = |name: &str| places.iter().any(|place| place.owner.evolution.is_removed(name));
    let is_taken = |(at, (name, _)): (usize, &(&str, D))| found.contains(&Some(at)) || drops(name);
    places.iter().zip(&found).all(is_there) && named.iter().enumerate().all(is_taken)
}

/// Fills an object from a state of an older form, which is built and then converted.
fn converted<'v, D: Decoder<'v>>(
    mut image: Builder,
    (form, older): (&OldForm, &Object),
    named: &[(&'v str, D)],
    at: usize,
) -> (Builder, Result<()>) {
    let size = (form.schema)().head;
    let space = Builder { memory: image.memory, ..Builder::new(size, image.depth) };
    let (made, filled) = fill_named(space, older, named, 0);
    let converted = filled.and_then(|()| (form.convert)(&made.regions(size)?, &mut image, at));
    (image, converted)
}

fn upgraded<'v, D: Decoder<'v>>(
    fill: &mut Fill<'v, '_>,
    (object, upgrade): (&Object, Upgrade),
    (tag, named): (&str, &[(&'v str, D)]),
    at: usize,
) -> Result<()> {
    let (mut slots, levels) = (Vec::new(), stack::levels(fill.parts));
    for (name, value) in named {
        let slot = value.to_value(levels).map_err(|error| error.within(name))?;
        slots.push(NamedSlot { name: String::from(*name), value: slot, elements: value.elements().cloned() });
    }
    fill.aside(|image| (upgrade.fill)(object, upgrade, (tag, slots), image, at))
}

/// Whether a state has the present slots and, as far as their kinds show, the present types.
fn is_present<'v, D: Decoder<'v>>(nodes: &Nodes, object: &Object, named: &[(&'v str, D)]) -> bool {
    let places = places(nodes, object, 0);
    let fits = |place: &Place<'_>| {
        let value = named.iter().find(|(name, _)| *name == place.slot.name);
        value.is_some_and(|(_, value)| may_be(nodes, nodes.get(place.slot.ty), *value))
    };
    places.len() == named.len() && places.iter().all(fits)
}

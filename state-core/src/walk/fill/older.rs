//! Objects whose slots are given by name, as an older version of their type wrote them: by an older form that is a type
//! of the program, or by the type's function that upgrades older states.

use alloc::string::String;
use alloc::vec::Vec;

use super::attributes::{absent, attributes, find, has_slots, may_be, own_attributes};
use super::flat::{Beside, FlatSlot, beside_parent, places};
use super::leaves::int;
use super::older_variants::is_variant;
use super::{Fill, fill_at, fill_named, fill_named_of};
use crate::error::{Error, ErrorKind, Result};
use crate::evolve::shares;
use crate::protocol::builder::Builder;
use crate::protocol::stack;
use crate::schema::{Evolution, Kind, Nodes, Object, OldForm, Problem, Schema, Upgrade};
use crate::standard;
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
        Some(upgrade) if is_changed(fill.nodes, object, named) => {
            unshared(fill, slots_share(fill.nodes, object))?;
            upgraded(fill, (object, upgrade), (tag, named), at)
        }
        _ => match form_of(object, tag, named) {
            Some((form, older)) => {
                unshared(fill, slots_share(fill.nodes, object) || slots_share(Nodes::NONE, older))?;
                fill.aside(|image| converted(image, (form, older), (tag, named), at))
            }
            None => with_parent(fill, object, named, at),
        },
    }
}

/// Fills an object whose own slots have the present form. A parent that changes older states itself is given those of
/// its slots, unless they are the present ones.
pub(super) fn with_parent<'v, 's, D: Decoder<'v>>(
    fill: &mut Fill<'v, 's>,
    object: &'s Object,
    named: &[(&'v str, D)],
    at: usize,
) -> Result<()> {
    let nodes = fill.nodes;
    let divided = divided(nodes, object, named, at);
    let Some(Divided { beside, own, inherited }) = divided.filter(|divided| !divided.is_parent_present(nodes)) else {
        return attributes(fill, object, named, at);
    };
    let is_there = |place: &FlatSlot<'_>| find(place, &beside.own, &own).is_some() || place.slot.default.is_some();
    if let Some(place) = beside.own.iter().find(|place| !is_there(place)) {
        let of_parent = places(nodes, beside.parent, 0);
        let others = named.iter().filter(|(name, _)| of_parent.iter().all(|place| place.slot.name != *name));
        return Err(absent((fill, &beside.own, &others.copied().collect::<Vec<_>>()), place));
    }
    let (parent, outer) = (beside.parent, fill.deeper()?);
    by_names_of(fill, parent, (tag_of_parent(parent, &inherited), &inherited), beside.at)?;
    fill.parts = outer;
    own_attributes(fill, object, &beside.own, &own)
}

/// Returns the name by which a parent has an older form with these slots, whose state has no name of its own: its
/// present name, or a former one.
fn tag_of_parent<'s, 'v, D: Decoder<'v>>(parent: &'s Object, named: &[(&'v str, D)]) -> &'s str {
    let mut had = parent.evolution.aliases.iter().copied().filter(|tag| form_of(parent, tag, named).is_some());
    match form_of(parent, &parent.name, named) {
        None => had.next().unwrap_or(&parent.name),
        Some(_) => &parent.name,
    }
}

/// The slots by name of an object with a parent that changes older states itself.
struct Divided<'v, 's, D> {
    beside: Beside<'s>,
    own: Vec<(&'v str, D)>,
    /// All that no slot beside the parent has, or drops.
    inherited: Vec<(&'v str, D)>,
}

impl<'v, D: Decoder<'v>> Divided<'v, '_, D> {
    fn is_parent_present(&self, nodes: &Nodes) -> bool {
        let (parent, named) = (self.beside.parent, &*self.inherited);
        let fits = match parent.evolution.upgrade {
            Some(_) => is_present(nodes, parent, named),
            None => parent.evolution.forms.is_empty() || has_names(nodes, parent, named),
        };
        fits && divided(nodes, parent, named, 0).is_none_or(|divided| divided.is_parent_present(nodes))
    }
}

fn divided<'v, 's, D: Decoder<'v>>(
    nodes: &'s Nodes,
    object: &'s Object,
    named: &[(&'v str, D)],
    at: usize,
) -> Option<Divided<'v, 's, D>> {
    let beside = beside_parent(nodes, object, at)?;
    let (all, of_parent) = (places(nodes, object, 0), places(nodes, beside.parent, 0));
    let found: Vec<Option<usize>> = beside.own.iter().map(|place| find(place, &all, named)).collect();
    let evolutions = || beside.own.iter().map(|place| place.owner.evolution).chain([object.evolution]);
    let is_slot = |name: &str| all.iter().any(|place| place.slot.name == name);
    let drops = |of: &Evolution, name: &str| of.removed.is_some_and(|names| names.contains(&name));
    let (mut own, mut inherited) = (Vec::new(), Vec::new());
    for (at, &(name, value)) in named.iter().enumerate() {
        let is_own = found.contains(&Some(at)) || !is_slot(name) && evolutions().any(|of| drops(of, name));
        if is_own { own.push((name, value)) } else { inherited.push((name, value)) }
    }
    // If any other slot is dropped, and the parent has all of its present ones, then the others are not its older ones.
    let drops_any = evolutions().any(|of| of.removed.is_some_and(<[_]>::is_empty));
    if drops_any && of_parent.iter().all(|place| inherited.iter().any(|(name, _)| *name == place.slot.name)) {
        inherited.retain(|(name, _)| of_parent.iter().any(|place| place.slot.name == *name));
    }
    Some(Divided { beside, own, inherited })
}

/// Whether the function of a type is to upgrade a state: it is not the present one, and what changed is not in the
/// slots of a parent alone that changes them itself.
fn is_changed<'v, D: Decoder<'v>>(nodes: &Nodes, object: &Object, named: &[(&'v str, D)]) -> bool {
    let is_of_parent = |Divided { beside, own, inherited }: Divided<'v, '_, D>| {
        let of_parent = places(nodes, beside.parent, 0);
        are_present(nodes, &beside.own, &own)
            && !of_parent.iter().all(|place| inherited.iter().any(|(name, _)| *name == place.slot.name))
    };
    !is_present(nodes, object, named) && !divided(nodes, object, named, 0).is_some_and(is_of_parent)
}

/// Refuses to change a part with shared objects in an image in which references are numbered: a part that is changed is
/// filled by itself.
fn unshared(fill: &Fill<'_, '_>, shares: bool) -> Result<()> {
    match fill.builder.numbered && shares {
        true => Err(Problem::shares(&"").error(0)),
        false => Ok(()),
    }
}

fn slots_share(nodes: &Nodes, object: &Object) -> bool {
    object.slots.iter().any(|slot| shares(nodes, nodes.get(slot.ty)))
}

/// Fills a part from a value of another type that is an older form: by the schema that the value was written with.
/// `None` if the value is of no such form.
#[cold]
pub(super) fn by_form<'v, D: Decoder<'v>>(
    fill: &mut Fill<'v, '_>,
    (nodes, schema): (&Nodes, &Schema),
    value: D,
    at: usize,
) -> Option<Result<()>> {
    let evolution = schema.evolution()?;
    let (form, made) = value.form_among(evolution.forms, stack::levels(fill.parts))?;
    let old = (form.schema)();
    if let Err(error) = unshared(fill, shares(nodes, schema) || shares(Nodes::NONE, old)) {
        return Some(Err(error));
    }
    Some(made.and_then(|made| {
        fill.aside(|mut image| {
            let converted = made.regions(old.head).and_then(|regions| (form.convert)(&regions, &mut image, at));
            (image, converted)
        })
    }))
}

/// Fills a part from a value without a schema whose kind is that of one of its older forms: a truth value, number or
/// text, or a variant of an enum. `None` if it is of no such kind.
#[cold]
pub(super) fn by_kind<'v, D: Decoder<'v>>(
    fill: &mut Fill<'v, '_>,
    (name, (nodes, schema)): (&str, (&Nodes, &Schema)),
    value: D,
    at: usize,
) -> Option<Result<()>> {
    let evolution = schema.evolution()?;
    let fits = OldForm::nearest(evolution.forms, |form| is_of_kind(form, value));
    let form = *fits.first()?;
    if fits.len() > 1 {
        let found = alloc::format!("{}, which several of them can be", value.describe());
        let expected = alloc::format!("a value of one of the older forms of {name}");
        return Some(Err(Error::new(ErrorKind::Malformed, expected, found)));
    }
    let old = (form.schema)();
    if let Err(error) = unshared(fill, shares(nodes, schema) || shares(Nodes::NONE, old)) {
        return Some(Err(error));
    }
    let parts = fill.parts;
    Some(fill.aside(|mut image| {
        let space = Builder { memory: image.memory, ..Builder::new(old.head, image.depth) };
        let (made, filled) = fill_at(space, old, value, parts);
        let regions = filled.and_then(|()| made.regions(old.head));
        let converted = regions.and_then(|regions| (form.convert)(&regions, &mut image, at));
        (image, converted)
    }))
}

fn is_of_kind<'v, D: Decoder<'v>>(schema: &Schema, value: D) -> bool {
    match &schema.kind {
        Kind::Bool => value.bool().is_some(),
        Kind::Int { bits, signed, .. } => int(value, *bits, *signed).is_some(),
        Kind::Float { .. } => value.float().is_some() && value.long().is_none(),
        Kind::Char => value.str().is_some_and(|text| text.chars().count() == 1),
        Kind::Str => standard::text(value).is_some(),
        Kind::Enum(of) => is_variant(Nodes::NONE, of, value),
        _ => false,
    }
}

/// Returns the older form, a type of the program, that has the names in a state that does not fit the present type.
fn form_of<'v, D: Decoder<'v>>(
    object: &Object,
    tag: &str,
    named: &[(&'v str, D)],
) -> Option<(&'static OldForm, &'static Object)> {
    let forms = object.evolution.forms;
    if forms.is_empty() || is_state_of(object, (tag, named)) {
        return None;
    }
    let fits = |form: &'static Schema| match &form.kind {
        Kind::Object(older) => is_state_of(older, (tag, named)),
        _ => false,
    };
    let form = *OldForm::nearest(forms, fits).first()?;
    match &(form.schema)().kind {
        Kind::Object(older) => Some((form, older)),
        _ => None,
    }
}

/// Whether a state has the slots of a type, and a name of it: another type can have the same slots.
fn is_state_of<'v, D: Decoder<'v>>(object: &Object, (tag, named): (&str, &[(&'v str, D)])) -> bool {
    (object.name == tag || object.evolution.aliases.contains(&tag)) && has_names(Nodes::NONE, object, named)
}

/// Whether each slot of a type has its value, and each value its slot.
fn has_names<'v, D: Decoder<'v>>(nodes: &Nodes, object: &Object, named: &[(&'v str, D)]) -> bool {
    has_slots(&places(nodes, object, 0), named, |_| false)
}

/// Fills an object from a state of an older form, which is built and then converted.
fn converted<'v, D: Decoder<'v>>(
    mut image: Builder,
    (form, older): (&OldForm, &Object),
    state: (&str, &[(&'v str, D)]),
    at: usize,
) -> (Builder, Result<()>) {
    let size = (form.schema)().head;
    let space = Builder { memory: image.memory, ..Builder::new(size, image.depth) };
    let (made, filled) = match is_state_of(older, state) {
        true => fill_named(space, older, state.1, 0),
        false => fill_named_of(space, older, state, 0),
    };
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
    are_present(nodes, &places(nodes, object, 0), named)
}

fn are_present<'v, D: Decoder<'v>>(nodes: &Nodes, places: &[FlatSlot<'_>], named: &[(&'v str, D)]) -> bool {
    let fits = |place: &FlatSlot<'_>| {
        let value = named.iter().find(|(name, _)| *name == place.slot.name);
        value.is_some_and(|(_, value)| may_be(nodes, nodes.get(place.slot.ty), *value))
    };
    places.len() == named.len() && places.iter().all(fits)
}

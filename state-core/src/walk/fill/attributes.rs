//! Objects whose state is not a tuple of their slots: attributes by name, and members as Cython sorts them.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use super::Fill;
use super::extended::extended;
use super::flat::{FlatSlot, Owner, places};
use super::leaves::int;
use super::objects::missing;
use super::older::{by_form, by_kind, by_names_of};
use crate::array::Elements;
use crate::error::{Error, ErrorKind, Escaped, Result};
use crate::order::sorted;
use crate::schema::{
    Enum, EnumVariant, Evolution, Form, Kind, Link, Nodes, Object, Schema, Show, Slot, missing_slot, unknown_slot,
};
use crate::standard;
use crate::walk::form::can_be_none;
use crate::walk::{Attributes, Decoder};

/// Returns the name by which a value is of a type: its present name, or a former one.
pub(super) fn tag_of<'s, 'v, D: Decoder<'v>>(name: &'s str, evolution: &Evolution, value: D) -> &'s str {
    let had = evolution.aliases.iter().copied().find(|had| !value.is_of(name) && value.is_of(had));
    had.unwrap_or(name)
}

/// Fills an object from a value in the form that its type requires.
#[inline(always)]
pub(super) fn object<'v, 's, D: Decoder<'v>>(
    fill: &mut Fill<'v, 's>,
    (schema, object): (&'s Schema, &'s Object),
    value: D,
    at: usize,
) -> Result<()> {
    if !D::LIVE {
        if let Some(filled) = by_known_names(fill, object, value, at) {
            return filled;
        }
        if !object.evolution.forms.is_empty() {
            if let Some(filled) = by_other_form(fill, (schema, object), value, at) {
                return filled;
            }
        }
    }
    match object.form {
        form if form.has_names() => by_attributes(fill, object, value, at),
        Form::Cython if !D::LIVE => cython(fill, object, value, at),
        Form::Range if !D::LIVE => range(fill, object, value, at),
        _ => state(fill, object, value, at),
    }
}

/// Fills an object from a value of another type that is an older form of it.
#[cold]
fn by_other_form<'v, 's, D: Decoder<'v>>(
    fill: &mut Fill<'v, 's>,
    (schema, object): (&'s Schema, &'s Object),
    value: D,
    at: usize,
) -> Option<Result<()>> {
    if value.is_of(tag_of(&object.name, object.evolution, value)) {
        return None;
    }
    by_form(fill, (fill.nodes, schema), value, at)
        .or_else(|| by_kind(fill, (&object.name, (fill.nodes, schema)), value, at))
}

/// Fills an object whose state has the names of its slots: then their order has no meaning.
fn by_known_names<'v, 's, D: Decoder<'v>>(
    fill: &mut Fill<'v, 's>,
    object: &'s Object,
    value: D,
    at: usize,
) -> Option<Result<()>> {
    let tag = tag_of(&object.name, object.evolution, value);
    let named = value.named(tag).transpose()?;
    Some(named.and_then(|named| by_names_of(fill, object, (tag, &named), at)))
}

/// Whether a reference may lead to a value, as far as its kind shows.
pub(super) fn may_lead_to<'v, 's, D: Decoder<'v>>(nodes: &'s Nodes, mut schema: &'s Schema, value: D) -> bool {
    while let Kind::Boxed(of) = schema.kind {
        schema = nodes.get(of);
    }
    match &schema.kind {
        Kind::Object(object) if object.form != Form::Range => {
            value.is_of(tag_of(&object.name, object.evolution, value))
        }
        _ => may_be(nodes, schema, value),
    }
}

/// Whether a value may be one of a type, as far as its kind shows.
pub(super) fn may_be<'v, 's, D: Decoder<'v>>(nodes: &'s Nodes, mut schema: &'s Schema, value: D) -> bool {
    loop {
        return match &schema.kind {
            Kind::Optional(_) if value.is_none() => true,
            Kind::Optional(of) if !can_be_none(nodes, nodes.get(*of)) => {
                schema = nodes.get(*of);
                continue;
            }
            Kind::Boxed(of) => {
                schema = nodes.get(*of);
                continue;
            }
            Kind::Bool => value.bool().is_some(),
            Kind::Int { bits, signed, .. } => int(value, *bits, *signed).is_some(),
            Kind::Float { .. } => value.float().is_some(),
            Kind::Char => value.str().is_some(),
            Kind::Str => standard::text(value).is_some(),
            Kind::List(_) | Kind::Set(_) | Kind::Array(..) => {
                standard::items(value).is_some() || value.bytes().is_some() || !matches!(value.array(), Ok(None))
            }
            Kind::Map(..) => standard::entries(value).is_some(),
            Kind::Unit | Kind::Tuple(_) => value.items().is_some(),
            _ => true,
        };
    }
}

fn by_attributes<'v, 's, D: Decoder<'v>>(
    fill: &mut Fill<'v, 's>,
    object: &'s Object,
    value: D,
    at: usize,
) -> Result<()> {
    let tag = tag_of(&object.name, object.evolution, value);
    match value.attributes(tag) {
        Some(Attributes::Named(named)) if !D::LIVE => by_names_of(fill, object, (tag, &named), at),
        Some(Attributes::Flat(mut state)) => match of_tuple((object, fill.nodes), value, state.len()) {
            Some(mut items) => flat(fill, object, &mut items, at),
            None => flat(fill, object, &mut state, at),
        },
        _ => otherwise(fill, object, value, at),
    }
}

fn cython<'v, 's, D: Decoder<'v>>(fill: &mut Fill<'v, 's>, object: &'s Object, value: D, at: usize) -> Result<()> {
    match members_of((object, fill.nodes), value, at)? {
        Some(members) => in_order(fill, members),
        None => state(fill, object, value, at),
    }
}

fn range<'v, 's, D: Decoder<'v>>(fill: &mut Fill<'v, 's>, object: &'s Object, value: D, at: usize) -> Result<()> {
    match standard::range(value) {
        Some(mut ends) => fill.whole_state(object, &mut ends, at),
        None => state(fill, object, value, at),
    }
}

fn state<'v, 's, D: Decoder<'v>>(fill: &mut Fill<'v, 's>, object: &'s Object, value: D, at: usize) -> Result<()> {
    let mut state = value.object(tag_of(&object.name, object.evolution, value));
    let Some(state) = &mut state else { return otherwise(fill, object, value, at) };
    if let Some(mut items) = of_tuple((object, fill.nodes), value, state.len()) {
        return fill.whole_state(object, &mut items, at);
    }
    fill.whole_state(object, state, at).map_err(|error| match named((object, fill.nodes), value) {
        // The pair of `__dict__` and slots is a tuple too.
        true => by_name(object, value),
        false => error,
    })
}

/// Returns the slots of an object that Python made from a tuple of them, as protocols from 2 on write objects of
/// subclasses of `tuple`. A type that one slot suffices for has the tuple in that.
fn of_tuple<'v, D: Decoder<'v>>((object, nodes): (&Object, &Nodes), value: D, given: usize) -> Option<D::Items> {
    if D::LIVE || given != 1 {
        return None;
    }
    let needs_more = places(nodes, object, 0).iter().skip(1).any(|place| place.slot.default.is_none());
    value.tuple_of(tag_of(&object.name, object.evolution, value)).filter(|_| needs_more)
}

/// Fills an object whose state has neither of the usual forms.
#[cold]
fn otherwise<'v, 's, D: Decoder<'v>>(fill: &mut Fill<'v, 's>, object: &'s Object, value: D, at: usize) -> Result<()> {
    let extended = if D::LIVE { None } else { extended(fill, object, value, at) };
    extended.unwrap_or_else(|| Err(refusal((object, fill.nodes), value)))
}

/// Whether the attributes of an object are given by the names of the type's slots.
fn named<'v, D: Decoder<'v>>((object, nodes): (&Object, &Nodes), value: D) -> bool {
    if D::LIVE {
        return false;
    }
    let tag = tag_of(&object.name, object.evolution, value);
    let Some(Attributes::Named(named)) = value.attributes(tag) else { return false };
    places(nodes, object, 0).iter().any(|place| named.iter().any(|(name, _)| *name == place.slot.name))
}

#[cold]
fn by_name<'v, D: Decoder<'v>>(object: &Object, value: D) -> Error {
    let found = format!(
        "{} with attributes by name, which `#[state(pickle = \"dict\")]` or `\"slots\"` takes",
        value.describe()
    );
    Error::new(ErrorKind::Malformed, format!("{} with a tuple of its slots", object.name), found)
}

/// Explains why a value cannot be an object: it is of another class, or its state has another form.
#[cold]
fn refusal<'v, D: Decoder<'v>>((object, nodes): (&Object, &Nodes), value: D) -> Error {
    let (tag, found) = (&object.name, value.describe());
    if !object.form.has_names() && named((object, nodes), value) {
        return by_name(object, value);
    }
    let (expected, found) = match object.form {
        form if form.has_names() && value.object(tag).is_some() => (
            format!("{tag} with attributes by name"),
            format!("{found} with a tuple for its state, which a type without `pickle` takes"),
        ),
        _ if value.is_of(tag) => (
            format!("{tag} with nothing but its slots"),
            format!("{found} with a state of another kind, or with arguments, items or entries beside it"),
        ),
        _ => (tag.to_string(), found),
    };
    Error::new(ErrorKind::Malformed, expected, found)
}

/// Fills an object from values by the present or former names of its slots.
pub(super) fn attributes<'v, 's, D: Decoder<'v>>(
    fill: &mut Fill<'v, 's>,
    object: &'s Object,
    named: &[(&'v str, D)],
    at: usize,
) -> Result<()> {
    own_attributes(fill, object, &places(fill.nodes, object, at), named)
}

/// Fills some of the slots of an object by name, which must be all that is given.
pub(super) fn own_attributes<'v, 's, D: Decoder<'v>>(
    fill: &mut Fill<'v, 's>,
    object: &'s Object,
    places: &[FlatSlot<'s>],
    named: &[(&'v str, D)],
) -> Result<()> {
    by_names(fill, places, named, |name| object.evolution.is_removed(name))
        .map_err(|unknown| unknown.unwrap_or_else(|left| not_one_of(places, (&object.name, &object.name), left)))
}

/// Fills the slots of a variant by name.
pub(super) fn variant<'v, 's, D: Decoder<'v>>(
    fill: &mut Fill<'v, 's>,
    (of, variant): (&'s Enum, &'s EnumVariant),
    named: &[(&'v str, D)],
    at: usize,
) -> Result<()> {
    let places = variant_places(fill.nodes, (of, variant), at);
    by_names(fill, &places, named, |name| of.evolution.is_removed(name)).map_err(|unknown| {
        unknown.unwrap_or_else(|left| not_one_of(&places, (&format!("{}.{}", of.name, variant.name), ""), left))
    })
}

/// Returns the slots of a variant.
pub(super) fn variant_places<'s>(
    nodes: &Nodes,
    (of, variant): (&Enum, &'s EnumVariant),
    mut at: usize,
) -> Vec<FlatSlot<'s>> {
    let owner = Owner { evolution: of.evolution, variant: &variant.name };
    let place = |(order, slot): (usize, &'s Slot)| {
        at += nodes.get(slot.ty).head;
        FlatSlot { slot, owner, at: at - nodes.get(slot.ty).head, order }
    };
    variant.slots.iter().enumerate().map(place).collect()
}

/// Whether each of these slots has its value, and each value its slot, unless it is dropped.
pub(super) fn has_slots<'v, D: Decoder<'v>>(
    places: &[FlatSlot<'_>],
    named: &[(&'v str, D)],
    is_removed: impl Fn(&str) -> bool,
) -> bool {
    let found: Vec<Option<usize>> = places.iter().map(|place| find(place, places, named)).collect();
    let is_there = |(place, found): (&FlatSlot<'_>, &Option<usize>)| found.is_some() || place.slot.default.is_some();
    let drops = |name: &str| places.iter().any(|place| place.owner.evolution.is_removed(name)) || is_removed(name);
    let is_taken = |(at, (name, _)): (usize, &(&str, D))| found.contains(&Some(at)) || drops(name);
    places.iter().zip(&found).all(is_there) && named.iter().enumerate().all(is_taken)
}

/// The error of a slot whose value is wrong, or a value that belongs to no slot.
type Unfit<'v, D> = Result<Error, (&'v str, D)>;

fn by_names<'v, 's, D: Decoder<'v>>(
    fill: &mut Fill<'v, 's>,
    places: &[FlatSlot<'s>],
    named: &[(&'v str, D)],
    is_removed: impl Fn(&str) -> bool,
) -> Result<(), Unfit<'v, D>> {
    let mut taken = alloc::vec![false; named.len()];
    for place in places {
        let found = find(place, places, named);
        if let Some(found) = found {
            taken[found] = true;
        }
        if found.is_none() && place.slot.default.is_none() {
            return Err(Ok(absent((fill, places, named), place)));
        }
        one(fill, *place, found.map(|found| named[found].1)).map_err(Ok)?;
    }
    let drops = |name: &str| places.iter().any(|place| place.owner.evolution.is_removed(name)) || is_removed(name);
    let is_left = |(taken, (name, _)): &(&bool, &(&'v str, D))| !**taken && !drops(name);
    match taken.iter().zip(named).find(is_left) {
        None => Ok(()),
        Some((_, left)) => Err(Err(*left)),
    }
}

/// Returns the index of a slot's value, by the slot's present or a former name; the last if there are two. Most values
/// are in the order of the slots.
pub(super) fn find<'v, D: Decoder<'v>>(
    place: &FlatSlot<'_>,
    places: &[FlatSlot<'_>],
    named: &[(&'v str, D)],
) -> Option<usize> {
    let name = &*place.slot.name;
    let here = Some(place.order).filter(|&order| named.get(order).is_some_and(|(given, _)| *given == name));
    here.or_else(|| named.iter().rposition(|(given, _)| *given == name)).or_else(|| {
        let is_free = |given: &str| places.iter().all(|place| place.slot.name != given);
        named.iter().rposition(|(given, _)| place.had().contains(given) && is_free(given))
    })
}

/// Reports that no value has the name of a slot: what to write, and which other values it may have been called by.
#[cold]
pub(super) fn absent<'v, 's, D: Decoder<'v>>(
    (fill, places, named): (&Fill<'v, 's>, &[FlatSlot<'s>], &[(&'v str, D)]),
    place: &FlatSlot<'s>,
) -> Error {
    let schema = fill.target(place.slot.ty);
    let taken: Vec<Option<usize>> = places.iter().map(|place| find(place, places, named)).collect();
    let may_be_it =
        |&(at, (_, value)): &(usize, &(&'v str, D))| !taken.contains(&Some(at)) && may_be(fill.nodes, schema, *value);
    let candidates = named.iter().enumerate().filter(may_be_it).map(|(_, (name, _))| *name);
    missing_slot(&fill.show(schema), candidates).within(&place.slot.name)
}

fn is_slot(places: &[FlatSlot<'_>], name: &str) -> bool {
    places.iter().any(|place| place.slot.name == name)
}

/// Reports a value that has the name of no slot, or of one that already has its value.
#[cold]
fn not_one_of<'v, D: Decoder<'v>>(
    places: &[FlatSlot<'_>],
    (of, owner): (&str, &str),
    (name, value): (&str, D),
) -> Error {
    let expected = match places.len() {
        1 => format!("only the slot of {of}"),
        count => format!("only the {count} slots of {of}"),
    };
    if is_slot(places, name) {
        return Error::new(ErrorKind::Malformed, expected, "one of them twice");
    }
    let found = format!("{name:?}: {}", value.describe());
    Error::new(ErrorKind::Malformed, expected, found).with_hint(unknown_slot(name, owner))
}

/// Fills the slots in order, each from one value.
fn flat<'v, 's, D: Decoder<'v>>(
    fill: &mut Fill<'v, 's>,
    object: &'s Object,
    state: &mut impl Iterator<Item = D>,
    at: usize,
) -> Result<()> {
    for place in places(fill.nodes, object, at) {
        one(fill, place, state.next())?;
    }
    match state.next() {
        None => Ok(()),
        Some(more) => Err(too_many((places(fill.nodes, object, at).len(), "slots"), object, more)),
    }
}

#[cold]
fn too_many<'v, D: Decoder<'v>>((count, what): (usize, &str), object: &Object, more: D) -> Error {
    let expected = format!("only the {count} {what} of {}", object.name);
    Error::new(ErrorKind::Malformed, expected, format!("one more: {}", more.describe()))
}

/// Returns the slots of an object that Cython pickled, in their order, with the member of each. Cython sorts members by
/// name.
fn members_of<'v, 's, D: Decoder<'v>>(
    (object, nodes): (&'s Object, &'s Nodes),
    value: D,
    at: usize,
) -> Result<Option<Vec<(FlatSlot<'s>, Option<D>)>>> {
    let by_name = sorted(&places(nodes, object, at), |a, b| a.slot.name.cmp(&b.slot.name));
    let names: Vec<&str> = by_name.iter().map(|place| &*place.slot.name).collect();
    let Some(mut members) = value.members(&object.name, &names)? else { return Ok(None) };
    let given: Vec<(FlatSlot<'s>, Option<D>)> = by_name.iter().map(|place| (*place, members.next())).collect();
    // The data after the heads of an image is in the order of the slots.
    let given = sorted(&given, |(a, _), (b, _)| a.order.cmp(&b.order));
    // An object of a Python subclass of the Cython class has its attributes as one more member.
    match members.next() {
        Some(more) if more.entries().is_none_or(|entries| entries.len() != 0) => {
            Err(too_many((by_name.len(), "members"), object, more))
        }
        _ => Ok(Some(given)),
    }
}

fn in_order<'v, 's, D: Decoder<'v>>(fill: &mut Fill<'v, 's>, members: Vec<(FlatSlot<'s>, Option<D>)>) -> Result<()> {
    for (place, member) in members {
        one(fill, place, member)?;
    }
    Ok(())
}

/// Fills one slot from one value: a raw array from its bytes, without a count.
pub(super) fn one<'v, 's, D: Decoder<'v>>(
    fill: &mut Fill<'v, 's>,
    place: FlatSlot<'s>,
    value: Option<D>,
) -> Result<()> {
    let schema = fill.target(place.slot.ty);
    if let Some(theirs) = value.and_then(Decoder::elements) {
        if let Err(error) = of_same_elements(fill.nodes, schema, theirs) {
            let filled = match (converted(place.slot, value), &schema.kind) {
                (Some(bytes), Kind::Raw(raw)) => bytes.and_then(|bytes| {
                    // They can be many times those in the pickle.
                    fill.builder.takes(bytes.as_ref().map_or(0, Vec::len))?;
                    fill.raw_bytes::<D>(raw, bytes.map(Cow::Owned), None, place.at)
                }),
                _ => Err(error),
            };
            return filled.map_err(|error| error.within(&place.slot.name));
        }
    }
    let filled = match (value, place.slot.default, &schema.kind) {
        (Some(value), _, Kind::Raw(raw)) => fill.raw(raw, value, None, place.at),
        (Some(value), _, _) => fill.node(schema, value, place.at),
        (None, Some(default), _) => default(fill.whole(), place.at),
        (None, None, _) => Err(missing(&fill.show(schema))),
    };
    filled.map_err(|error| error.within(&place.slot.name))
}

/// Converts the elements of an older raw array to those of a slot, if both have a raw array.
#[cold]
fn converted<'v, D: Decoder<'v>>(slot: &Slot, value: Option<D>) -> Option<Result<Option<Vec<u8>>>> {
    match slot.ty {
        Link::To(ours) if matches!(ours().kind, Kind::Raw(_)) => value?.elements_as(ours()),
        _ => None,
    }
}

/// Checks that bytes that were read from a raw array are not used for elements of another type.
fn of_same_elements(nodes: &Nodes, schema: &Schema, theirs: &str) -> Result<()> {
    let found = match &schema.kind {
        Kind::Raw(raw) => {
            let ours = Elements { schema: nodes.get(raw.element), nodes }.layout();
            if theirs == ours && !ours.is_empty() {
                return Ok(());
            }
            "elements of another type"
        }
        // Other kinds that accept bytes read them as numbers.
        _ if theirs == "u8" => return Ok(()),
        _ => "the bytes of its elements",
    };
    let expected = Show(schema, nodes).to_string();
    let found = format!(
        "{found}, of an older raw array of {}; `upgrade` of the type can make a list of numbers of them",
        Escaped(theirs)
    );
    Err(Error::new(ErrorKind::Identity, expected, found))
}

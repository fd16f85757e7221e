//! Objects whose state is no tuple of their slots: attributes by name, and members as Cython sorts them.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use super::fill::{Fill, missing, target};
use super::{Attributes, Decoder, standard};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::{Form, Kind, Object, Slot};

/// A slot, with the place of its head.
#[derive(Clone, Copy)]
struct Place {
    slot: &'static Slot,
    at: usize,
    /// Its number among the slots, those of parents first.
    order: usize,
}

/// Fills an object from whatever form its type asks for.
pub(super) fn object<'v, D: Decoder<'v>>(
    fill: &mut Fill<'v>,
    object: &'static Object,
    value: D,
    at: usize,
) -> Result<()> {
    let wrong = || refusal(object, value);
    match object.form {
        Form::Dict => match value.attributes(&object.name).ok_or_else(wrong)? {
            Attributes::Named(named) => attributes(fill, object, named, at),
            Attributes::Flat(state) => flat(fill, object, state, at),
        },
        Form::Cython => {
            let mut sorted = places(object, at);
            sorted.sort_by(|a, b| a.slot.name.cmp(&b.slot.name));
            let names: Vec<&str> = sorted.iter().map(|place| &*place.slot.name).collect();
            match value.members(&object.name, &names)? {
                Some(members) => self::members(fill, object, &sorted, members),
                None => state(fill, object, value, at, wrong),
            }
        }
        Form::Range => match standard::range(value) {
            Some(mut ends) => fill.whole_state(object, &mut ends, at),
            None => state(fill, object, value, at, wrong),
        },
        Form::State | Form::Call | Form::Enum => state(fill, object, value, at, wrong),
    }
}

fn state<'v, D: Decoder<'v>>(
    fill: &mut Fill<'v>,
    object: &'static Object,
    value: D,
    at: usize,
    wrong: impl FnOnce() -> Error,
) -> Result<()> {
    let mut state = value.object(&object.name).ok_or_else(wrong)?;
    fill.whole_state(object, &mut state, at).map_err(|error| match named(object, value) {
        // The pair of `__dict__` and slots is a tuple too.
        true => by_name(object, value),
        false => error,
    })
}

/// Whether the attributes of an object come by the names of the type's slots.
fn named<'v, D: Decoder<'v>>(object: &'static Object, value: D) -> bool {
    let Some(Attributes::Named(named)) = value.attributes(&object.name) else { return false };
    places(object, 0).iter().any(|place| named.iter().any(|(name, _)| *name == place.slot.name))
}

#[cold]
fn by_name<'v, D: Decoder<'v>>(object: &Object, value: D) -> Error {
    let found = format!("{} with attributes by name, which `#[state(pickle = \"dict\")]` takes", value.describe());
    Error::new(ErrorKind::Malformed, format!("{} with a tuple of its slots", object.name), found)
}

/// Why a value does not stand for an object: it is of another class, or its state comes in another form.
#[cold]
fn refusal<'v, D: Decoder<'v>>(object: &'static Object, value: D) -> Error {
    let (tag, found) = (&object.name, value.describe());
    if object.form != Form::Dict && named(object, value) {
        return by_name(object, value);
    }
    let (expected, found) = match object.form {
        Form::Dict if value.object(tag).is_some() => (
            format!("{tag} with attributes by name"),
            format!("{found} with a tuple for its state, which a type without `pickle = \"dict\"` takes"),
        ),
        _ if value.is_of(tag) => (
            format!("{tag} with nothing but its slots"),
            format!("{found} with a state of another kind, or with arguments, items or entries beside it"),
        ),
        _ => (tag.to_string(), found),
    };
    Error::new(ErrorKind::Malformed, expected, found)
}

fn attributes<'v, D: Decoder<'v>>(
    fill: &mut Fill<'v>,
    object: &'static Object,
    named: Vec<(&'v str, D)>,
    at: usize,
) -> Result<()> {
    let mut taken = 0;
    for (order, place) in places(object, at).into_iter().enumerate() {
        // Most come in the order of the slots.
        let name = &*place.slot.name;
        let here = named.get(order).filter(|(given, _)| *given == name);
        match here.or_else(|| named.iter().rfind(|(given, _)| *given == name)) {
            Some((_, value)) => {
                taken += 1;
                one(fill, place, Some(*value))?;
            }
            None => one::<D>(fill, place, None)?,
        }
    }
    if taken == named.len() {
        return Ok(());
    }
    let known = places(object, at);
    let unknown = named.iter().find(|(given, _)| known.iter().all(|place| place.slot.name != *given));
    let found = match unknown {
        Some((name, value)) => format!("{name:?}: {}", value.describe()),
        None => "one of them twice".into(),
    };
    let expected = format!("only the {} attributes of {}", known.len(), object.name);
    Err(Error::new(ErrorKind::Malformed, expected, found))
}

/// The slots one after another, each of one value.
fn flat<'v, D: Decoder<'v>>(
    fill: &mut Fill<'v>,
    object: &'static Object,
    mut state: impl Iterator<Item = D>,
    at: usize,
) -> Result<()> {
    for place in places(object, at) {
        one(fill, place, state.next())?;
    }
    match state.next() {
        None => Ok(()),
        Some(more) => {
            let expected = format!("only the {} attributes of {}", places(object, at).len(), object.name);
            Err(Error::new(ErrorKind::Malformed, expected, format!("one more: {}", more.describe())))
        }
    }
}

fn members<'v, D: Decoder<'v>>(
    fill: &mut Fill<'v>,
    object: &'static Object,
    sorted: &[Place],
    mut members: impl Iterator<Item = D>,
) -> Result<()> {
    let mut given: Vec<(Place, Option<D>)> = sorted.iter().map(|place| (*place, members.next())).collect();
    // What stands behind the heads of an image is in the order of the slots.
    given.sort_by_key(|(place, _)| place.order);
    for (place, member) in given {
        one(fill, place, member)?;
    }
    // An object of a Python class made from the Cython class brings its attributes along.
    match members.next() {
        Some(more) if more.entries().is_none_or(|entries| entries.len() != 0) => {
            let expected = format!("only the {} members of {}", sorted.len(), object.name);
            Err(Error::new(ErrorKind::Malformed, expected, format!("one more: {}", more.describe())))
        }
        _ => Ok(()),
    }
}

/// One slot from one value: a raw array from its bytes, without a count.
fn one<'v, D: Decoder<'v>>(fill: &mut Fill<'v>, place: Place, value: Option<D>) -> Result<()> {
    let schema = target(place.slot.ty);
    let filled = match (value, place.slot.default, &schema.kind) {
        (Some(value), _, Kind::Raw(raw)) => fill.raw(raw, value, None, place.at),
        (Some(value), _, _) => fill.node(schema, value, place.at),
        (None, Some(default), _) => default(fill.whole(), place.at),
        (None, None, _) => Err(missing(&schema)),
    };
    filled.map_err(|error| error.within(&place.slot.name))
}

/// The slots of an object, those of its parents first.
fn places(object: &'static Object, at: usize) -> Vec<Place> {
    let mut places = Vec::new();
    add_places(object, at, &mut places);
    places
}

fn add_places(object: &'static Object, mut at: usize, places: &mut Vec<Place>) {
    let slots: &'static [Slot] = match &object.slots {
        Cow::Borrowed(slots) => slots,
        Cow::Owned(slots) => slots,
    };
    for (number, slot) in slots.iter().enumerate() {
        let schema = target(slot.ty);
        match &schema.kind {
            Kind::Object(parent) if object.has_parent && number == 0 => add_places(parent, at, places),
            _ => places.push(Place { slot, at, order: places.len() }),
        }
        at += schema.head;
    }
}

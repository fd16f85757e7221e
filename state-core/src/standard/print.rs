//! The objects that print as in Python, by the names of their classes.
//!
//! An object that was not made as Python makes it prints like one of an unknown class.

use alloc::borrow::Cow;
use alloc::format;

use super::path::Flavour;
use super::{array, date, datetime, deque, fraction, maps, namespace, path, range, time, timedelta, timezone, uuid};
use crate::value::repr::{Layout, Look, Object, Source};

type Print<'a, S> = fn(&Object<'a, S>) -> Option<Layout<'a, S>>;

/// How objects of a class, or results of a function, print, if it is known.
fn known<'a, S: Source<'a>>(name: &str) -> Option<Print<'a, S>> {
    Some(match name {
        "datetime.date" => date::print,
        "datetime.time" => time::print,
        "datetime.datetime" => datetime::print,
        "datetime.timedelta" => timedelta::print,
        "datetime.timezone" => timezone::print,
        "zoneinfo.ZoneInfo._unpickle" => timezone::print_zone_info,
        "uuid.UUID" => uuid::print,
        "fractions.Fraction" => fraction::print,
        "builtins.range" => range::print,
        "builtins.type" => class_of,
        "array.array" => array::print_listed,
        "array._array_reconstructor" => array::print_packed,
        "collections.OrderedDict" => maps::print_ordered_dict,
        "collections.defaultdict" => maps::print_default_dict,
        "collections.Counter" => maps::print_counter,
        "collections.deque" => deque::print,
        "types.SimpleNamespace" => namespace::print,
        _ => return Flavour::of(name).map(|_| path::print as Print<'a, S>),
    })
}

pub(crate) fn is_known<'a, S: Source<'a>>(object: &Object<'a, S>) -> bool {
    known::<S>(object.name()).is_some()
}

/// How an object of a known class prints.
pub(crate) fn layout<'a, S: Source<'a>>(object: &Object<'a, S>) -> Option<Layout<'a, S>> {
    known(object.name()).filter(|_| !object.has_more())?(object)
}

/// The text for an object inside itself, if it is not the object's name.
pub(crate) fn within<'a, S: Source<'a>>(object: &Object<'a, S>) -> Option<Cow<'a, str>> {
    Some(match object.name() {
        "collections.OrderedDict" => "...".into(),
        "collections.deque" => "[...]".into(),
        "collections.defaultdict" => maps::default_dict_within(object)?.into(),
        _ => return None,
    })
}

/// Prints the classes that Python pickles as `type` of their only object.
fn class_of<'a, S: Source<'a>>(object: &Object<'a, S>) -> Option<Layout<'a, S>> {
    let [of] = object.exactly().filter(|_| object.has_only_args())?;
    let name = match object.source.look(of) {
        Look::None => "NoneType",
        Look::Leaf(leaf) => match leaf.as_global()?.as_str() {
            "builtins.Ellipsis" => "ellipsis",
            "builtins.NotImplemented" => "NotImplementedType",
            _ => return None,
        },
        _ => return None,
    };
    Some(Layout::word(format!("<class '{name}'>")))
}

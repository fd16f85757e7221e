//! Classes of Python's standard library whose objects print as in Python.
//!
//! An object that was made otherwise than Python makes it prints as one of an unknown class.

mod array;
mod collections;
mod datetime;
mod numbers;

use alloc::{borrow::Cow, format, string::String, vec::Vec};

use super::{Field, Layout, Look, Object, Source};
use crate::known::path::Flavour;

type Print<'a, S> = fn(&Object<'a, S>) -> Option<Layout<'a, S>>;

/// How objects of a class print, or what a function makes, if it is known.
fn known<'a, S: Source<'a>>(name: &str) -> Option<Print<'a, S>> {
    Some(match name {
        "datetime.date" => datetime::date,
        "datetime.time" => datetime::time,
        "datetime.datetime" => datetime::datetime,
        "datetime.timedelta" => datetime::timedelta,
        "datetime.timezone" => datetime::timezone,
        "zoneinfo.ZoneInfo._unpickle" => datetime::zone_info,
        "uuid.UUID" => numbers::uuid,
        "fractions.Fraction" => numbers::fraction,
        "builtins.range" => numbers::range,
        "builtins.type" => class_of,
        "array.array" => array::listed,
        "array._array_reconstructor" => array::packed,
        "collections.OrderedDict" => collections::ordered_dict,
        "collections.defaultdict" => collections::default_dict,
        "collections.Counter" => collections::counter,
        "collections.deque" => collections::deque,
        "types.SimpleNamespace" => collections::namespace,
        _ => return Flavour::of(name).map(|_| path as Print<'a, S>),
    })
}

pub(super) fn is_known<'a, S: Source<'a>>(object: &Object<'a, S>) -> bool {
    known::<S>(object.name()).is_some()
}

/// How an object of a known class prints.
pub(super) fn layout<'a, S: Source<'a>>(object: &Object<'a, S>) -> Option<Layout<'a, S>> {
    known(object.name()).filter(|_| !object.has_more())?(object)
}

/// What stands for an object inside of itself, if it is not its name.
pub(super) fn within<'a, S: Source<'a>>(object: &Object<'a, S>) -> Option<Cow<'a, str>> {
    Some(match object.name() {
        "collections.OrderedDict" => "...".into(),
        "collections.deque" => "[...]".into(),
        "collections.defaultdict" => collections::default_dict_within(object)?.into(),
        _ => return None,
    })
}

/// The classes that Python pickles as those of their only object.
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

/// The paths of module `pathlib`.
fn path<'a, S: Source<'a>>(object: &Object<'a, S>) -> Option<Layout<'a, S>> {
    let args = object.args.clone().map(|part| object.source.text(part));
    let parts: Vec<&str> = args.collect::<Option<_>>().filter(|_| object.has_only_args())?;
    let text = Flavour::of(object.name())?.join(&parts)?;
    let name = String::from(super::super::name::last(object.name()));
    Some(Layout::new(name, [Field::repr(text)]))
}

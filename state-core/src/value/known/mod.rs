//! Classes of Python's standard library whose objects print as in Python, and the fields that their pickles hold.
//!
//! An object that was made otherwise than Python makes it prints as one of an unknown class.

mod collections;
mod datetime;
mod numbers;
mod path;

use super::{
    Object, Value,
    repr::{Field, Group, Item},
};

/// How an object of a known class prints.
pub(super) fn group(object: &Object) -> Option<Group<'_>> {
    if object.has_more() {
        return None;
    }
    match object.name() {
        "datetime.date" => datetime::date(object).map(datetime::Date::group),
        "datetime.time" => datetime::time(object).map(datetime::Time::group),
        "datetime.datetime" => datetime::datetime(object).map(datetime::DateTime::group),
        "datetime.timedelta" => datetime::timedelta(object).map(|delta| Group::text(delta.text())),
        "datetime.timezone" => datetime::timezone(object).map(|zone| Group::text(zone.text())),
        "zoneinfo.ZoneInfo._unpickle" => match &**object.args() {
            [key, Value::Bool(true)] => {
                Some(Group::new("zoneinfo.ZoneInfo", [Field::labelled("key", Item::Value(key))].into()))
            }
            _ => None,
        },
        "uuid.UUID" => numbers::uuid(object).map(|uuid| Group::text(numbers::uuid_text(uuid))),
        "fractions.Fraction" => numbers::fraction(object).map(numbers::Fraction::group),
        "builtins.range" => numbers::range(object),
        "array.array" | "array._array_reconstructor" => numbers::array(object).map(numbers::Numbers::group),
        "collections.OrderedDict" => collections::ordered_dict(object),
        "collections.defaultdict" => collections::default_dict(object),
        "collections.Counter" => collections::counter(object),
        "collections.deque" => collections::deque(object),
        "types.SimpleNamespace" => collections::namespace(object),
        _ => path::path(object),
    }
}

/// What stands for an object inside of itself, if it is not its name.
pub(super) fn ellipsis(object: &Object) -> Option<&'static str> {
    match object.name() {
        "collections.OrderedDict" => Some("..."),
        "collections.deque" => Some("[...]"),
        "types.SimpleNamespace" => Some("namespace(...)"),
        _ => None,
    }
}

/// The arguments of an object that has nothing else.
fn only_args(object: &Object) -> Option<&[Value]> {
    let is_alone = object.callee().is_none() && object.kwargs().is_empty() && has_no_state(object);
    (is_alone && object.items().is_empty() && object.entries().is_empty()).then_some(object.args())
}

fn has_no_state(object: &Object) -> bool {
    object.state().is_empty() && object.other_state().is_none()
}

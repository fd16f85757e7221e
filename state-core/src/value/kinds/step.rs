//! The steps performed on an object besides its other parts, in order.

use alloc::vec;

use crate::value::{Dict, List, Set, Tuple, Value};

/// A step performed on an object after it is made and its items, entries and state are set: see
/// [`Parts::steps`](crate::value::Parts::steps).
///
/// ```
/// use state_core::pickle;
/// use state_core::value::StepRef;
///
/// // Two states, one after the other.
/// let pickle = b"\x80\x02cshop\nPrice\n)\x81}X\x01\0\0\0aK\x01sb}X\x01\0\0\0bK\x02sb.";
/// let value = pickle::load_value(pickle)?;
/// let second = value.as_object().unwrap().steps().next();
/// assert!(matches!(second, Some(StepRef::State(state)) if state.to_string() == "{'b': 2}"));
/// assert_eq!(value.to_string(), "Price(a=1, b=2)");
/// # Ok::<(), state_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Step {
    /// Items are appended.
    Items(List),
    /// Entries are set by key.
    Entries(Dict),
    /// Items are added to a set.
    Added(Set),
    /// A state of any kind is set by `__setstate__`.
    State(Value),
    /// Something is called, usually with the object among the arguments, and the result dropped.
    Call(Value),
}

/// A borrowed step: see [`Object::steps`](crate::value::Object::steps).
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum StepRef<'a> {
    /// Items are appended.
    Items(&'a List),
    /// Entries are set by key.
    Entries(&'a Dict),
    /// Items are added to a set.
    Added(&'a Set),
    /// A state of any kind is set by `__setstate__`.
    State(&'a Value),
    /// Something is called, and the result dropped.
    Call(&'a Value),
}

/// In an object, a step is stored as a value that is recognised by its kind, so it is cloned, compared and dropped like
/// any other.
impl Step {
    pub(in crate::value) fn into_value(self) -> Value {
        match self {
            Self::Items(items) => Value::List(items),
            Self::Entries(entries) => Value::Dict(entries),
            Self::State(state) => Value::Tuple(Tuple::from(vec![state])),
            Self::Added(items) => Value::Set(items),
            Self::Call(call) => Value::FrozenSet(Set::from(vec![call])),
        }
    }

    pub(in crate::value) fn of_value(value: Value) -> Option<Self> {
        match value {
            Value::List(items) => Some(Self::Items(items)),
            Value::Dict(entries) => Some(Self::Entries(entries)),
            Value::Tuple(state) => state.0.into_vec().pop().map(Self::State),
            Value::Set(items) => Some(Self::Added(items)),
            Value::FrozenSet(call) => call.0.into_vec().pop().map(Self::Call),
            _ => None,
        }
    }
}

impl<'a> StepRef<'a> {
    pub(in crate::value) fn of_value(value: &'a Value) -> Option<Self> {
        match value {
            Value::List(items) => Some(Self::Items(items)),
            Value::Dict(entries) => Some(Self::Entries(entries)),
            Value::Tuple(state) => state.first().map(Self::State),
            Value::Set(items) => Some(Self::Added(items)),
            Value::FrozenSet(call) => call.iter().next().map(Self::Call),
            _ => None,
        }
    }
}

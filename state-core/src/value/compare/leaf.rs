//! Values that contain no others, in a form for comparisons.

use crate::value::{Array, Int, Name, Surrogates, Value};

/// A leaf in a form with a total order, in which equal leaves are equal.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::value) enum Leaf<'a> {
    None,
    Bool(bool),
    Int(&'a Int),
    Float(u64),
    Complex(u64, u64),
    Str(&'a str),
    Surrogates(&'a Surrogates),
    Bytes(&'a [u8]),
    ByteArray(&'a [u8]),
    Array(&'a Array),
    Global(&'a Name),
}

impl<'a> Leaf<'a> {
    /// Returns `None` for a NaN, which equals nothing, and for containers.
    pub(in crate::value) fn new(value: &'a Value) -> Option<Self> {
        // Adding zero turns a negative zero into a positive one.
        let float = |number: f64| (!number.is_nan()).then(|| (number + 0.0).to_bits());
        Some(match value.see() {
            Value::None => Self::None,
            Value::Bool(truth) => Self::Bool(*truth),
            Value::Int(number) => Self::Int(number),
            Value::Float(number) => Self::Float(float(*number)?),
            Value::Complex(number) => Self::Complex(float(number.re)?, float(number.im)?),
            Value::Str(text) => Self::Str(text),
            Value::Surrogates(text) => Self::Surrogates(text),
            Value::Bytes(bytes) => Self::Bytes(bytes),
            Value::ByteArray(bytes) => Self::ByteArray(bytes),
            Value::Array(array) => Self::Array(array),
            Value::Global(name) => Self::Global(name),
            Value::Tuple(_)
            | Value::List(_)
            | Value::Dict(_)
            | Value::Set(_)
            | Value::FrozenSet(_)
            | Value::Object(_)
            | Value::Variant(_)
            | Value::Persistent(_)
            | Value::Shared(_) => return None,
        })
    }
}

pub(in crate::value) fn same_leaf(a: &Value, b: &Value) -> bool {
    Leaf::new(a).is_some_and(|a| Leaf::new(b) == Some(a))
}

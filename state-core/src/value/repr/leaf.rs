//! Values that contain no others, as Python's `repr` spells them.

use core::fmt::{self, Formatter};

use crate::literal;
use crate::value::Value;

/// Writes a leaf. Containers, which the printer writes, produce nothing.
pub(in crate::value) fn write(f: &mut Formatter<'_>, leaf: &Value) -> fmt::Result {
    match leaf.see() {
        Value::None => f.write_str("None"),
        Value::Bool(true) => f.write_str("True"),
        Value::Bool(false) => f.write_str("False"),
        Value::Int(number) => write!(f, "{number}"),
        Value::Float(number) => literal::write_float(f, *number),
        Value::Str(text) => literal::write_str(f, text),
        Value::Complex(number) => write!(f, "{number}"),
        Value::Surrogates(text) => write!(f, "{text}"),
        Value::Bytes(bytes) => literal::write_bytes(f, bytes),
        Value::ByteArray(bytes) => literal::write_byte_array(f, bytes),
        Value::Array(array) => write!(f, "{array}"),
        Value::Global(name) => write!(f, "{name}"),
        Value::Tuple(_)
        | Value::List(_)
        | Value::Dict(_)
        | Value::Set(_)
        | Value::FrozenSet(_)
        | Value::Object(_)
        | Value::Variant(_)
        | Value::Persistent(_)
        | Value::Shared(_) => Ok(()),
    }
}

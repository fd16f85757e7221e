#![doc = include_str!("../guide/links.md")]
#![doc = include_str!("../guide/python_pickles.md")]

mod decode;
mod encode;
mod module;
mod names;
mod opcode;
mod options;
mod protocol;

pub use decode::{Operation, Operations, Pickle};
pub use encode::{PickleSegmentBuffer, PickleSegments};
pub use module::{PythonModule, python_module, python_modules};
pub use options::{LoneSurrogates, PickleOptions, Strings};
pub use protocol::Protocol;

use alloc::vec::Vec;

use crate::error::Result;
use crate::state::{RestoreOwned, State};
use crate::value::Value;

/// Saves a value's state as a pickle of protocol 4; [`PickleOptions`] has the others.
///
/// # Errors
/// If the value has no native bytes either, as for [`dumps`](crate::dumps); if a type tag cannot be the name of a
/// class; if an object that is pickled by name has two slots of one name; and, below protocol 4, for text or bytes of 4
/// GiB.
pub fn dumps<T: State + ?Sized>(value: &T) -> Result<Vec<u8>> {
    PickleOptions::new().dumps(value)
}

/// Saves a dynamic value as a pickle of protocol 4.
///
/// Shared values are written once, so they are shared again when read; values nest as deeply as memory allows.
///
/// ```
/// use state_core::pickle::{dump_value, load_value};
/// use state_core::value::{Object, Value};
///
/// let dave = Value::from(Object::new("example.Person", ("Dave", 30)));
/// assert_eq!(load_value(&dump_value(&dave)?)?, dave);
/// # Ok::<(), state_core::Error>(())
/// ```
///
/// # Errors
/// If the protocol has no form for the value: a class without a name, or a value that contains itself through tuples
/// alone.
pub fn dump_value(value: &Value) -> Result<Vec<u8>> {
    PickleOptions::new().dump_value(value)
}

/// Builds a value from a pickle of any protocol.
///
/// Bytes after the pickle are ignored, as in Python.
///
/// # Errors
/// If the bytes are not a pickle, or its value cannot be converted into a `T`, with the path to the part that cannot.
/// For files often mistaken for pickles (archives, compressed and native files), the error names the format and how to
/// get at the pickle in it.
pub fn loads<T: RestoreOwned>(pickle: &[u8]) -> Result<T> {
    PickleOptions::new().loads(pickle)
}

/// Restores a live value from a pickle, all or nothing.
///
/// # Errors
/// As [`loads`]; the target is then unchanged.
pub fn load_into<T: RestoreOwned>(pickle: &[u8], target: &mut T) -> Result<()> {
    PickleOptions::new().load_into(pickle, target)
}

/// Reads any pickle into a dynamic value, without a type.
///
/// # Errors
/// If the bytes are not a pickle.
pub fn load_value(pickle: &[u8]) -> Result<Value> {
    PickleOptions::new().load_value(pickle)
}

//! The `pickle` door: states as CPython's pickles, protocols 0 to 5, both ways.

mod checksum;
mod decode;
mod encode;
mod names;
mod opcode;
mod options;
mod protocol;

pub use decode::{Operation, Operations, Pickle};
pub use encode::{SegmentBuffer, Segments};
pub use options::{Options, Strings, Surrogates};
pub use protocol::Protocol;

use alloc::vec::Vec;

use crate::error::Result;
use crate::state::{RestoreOwned, State};
use crate::value::Value;

/// Takes a value's state as a pickle of protocol 4.
///
/// # Errors
/// A value that cannot be written.
pub fn dumps<T: State + ?Sized>(value: &T) -> Result<Vec<u8>> {
    Options::new().dumps(value)
}

/// Takes a dynamic value as a pickle of protocol 4.
///
/// What is shared is written once, so that it is shared again where it is read; values nest as deeply as memory allows.
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
/// What the protocol has no form for: a class without a name, a value that contains itself through tuples alone.
pub fn dump_value(value: &Value) -> Result<Vec<u8>> {
    Options::new().dump_value(value)
}

/// Reads a pickle of any protocol.
///
/// # Errors
/// Bytes that are no pickle, or whose value does not stand for a `T`, with the path to the part that does not.
pub fn loads<T: RestoreOwned>(pickle: &[u8]) -> Result<T> {
    Options::new().loads(pickle)
}

/// Restores a live value from a pickle, all or nothing.
///
/// # Errors
/// As [`loads`]; the target is then unchanged.
pub fn load_into<T: RestoreOwned>(pickle: &[u8], target: &mut T) -> Result<()> {
    Options::new().load_into(pickle, target)
}

/// Reads a pickle into a value, whatever it holds.
///
/// # Errors
/// Bytes that are no pickle.
pub fn load_value(pickle: &[u8]) -> Result<Value> {
    Options::new().load_value(pickle)
}

//! The `pickle` door: states as CPython's pickles, protocols 0 to 5, both ways.
//!
//! [`dumps`] writes what `pickle.loads` makes the real Python object of; nothing is asked of the class but that it is
//! there. [`loads`] reads it back.
//!
//! ```
//! use state_core::{State, pickle};
//!
//! #[derive(State)]
//! #[state(name = "shop.Person")]
//! struct Person { name: String, age: i32 }
//!
//! let pickle = pickle::dumps(&Person { name: "Dave".into(), age: 30 })?;
//! // In Python: `pickle.loads(..)` is a `shop.Person` whose `__setstate__` was given `("Dave", 30)`.
//! assert!(pickle.ends_with(b"\x8c\x04DaveK\x1e\x86b."));
//! # Ok::<(), state_core::Error>(())
//! ```
//!
//! # What types are in Python
//! | Rust | Python |
//! |---|---|
//! | integers, floats, `bool`, text, `char` | `int`, `float`, `bool`, `str` |
//! | lists of `u8` | `bytes` |
//! | other lists, sets, maps | `list`, `set`, `dict` |
//! | tuples, `()`, durations and points in time | `tuple`; seconds and nanoseconds |
//! | `Option` | the value or `None`; a value that could be `None` itself stands in a tuple of its own |
//! | `#[state(bytes)]` | `bytes` and their count, or one of them under `uncounted` |
//! | `#[state(array)]` | `numpy.ndarray`, made by public names alone, so that any version of NumPy reads it |
//! | a struct | an object of its class |
//! | an enum | a tuple: the name of the variant, and its slots |
//!
//! # Classes
//! The type tag names the class: `name = "shop.bikes.Bicycle"` is the class `Bicycle` of the module `shop.bikes`. A class
//! inside another is told apart by a colon: `name = "shop:Bicycle.Frame"`. Without a module it is one of the main
//! program, `__main__`, where the classes of a script are.
//!
//! How an object of it is made, and which state it gets:
//!
//! | `#[state(pickle = ..)]` | made by | state |
//! |---|---|---|
//! | | `cls.__new__(cls)` | the flat tuple of the slots, the parent's first |
//! | `"dict"` | `cls.__new__(cls)` | a dict of the slots by name, the parent's among them |
//! | `"cython"` | `__pyx_unpickle_C(cls, checksum, None)` beside the class | the slots in the order of their names |
//! | `"enum"` | `getattr(cls, name)` | none: a variant without slots is a member of `enum.Enum` |
//!
//! Where slots go by name, a raw array is one of them, its bytes. A state that is empty is not given at all. Below
//! protocol 2 the maker is `copyreg._reconstructor`, and modules have the names of Python 2
//! ([`Options::fix_imports`]).

mod checksum;
mod decode;
mod encode;
mod names;
mod opcode;
mod options;
mod protocol;

pub use encode::{SegmentBuffer, Segments};
pub use options::{Options, Strings, Surrogates};
pub use protocol::Protocol;

use alloc::vec::Vec;

use crate::error::Result;
use crate::state::{RestoreOwned, State};
use crate::value::Value;

/// Takes a value's state as a pickle of protocol 4; [`Options`] has the others.
///
/// # Errors
/// A value that has no native bytes either, as [`dumps`](crate::dumps) says; a type tag that cannot be the name of a
/// class; slots of one name in an object that is pickled by names; and, below protocol 4, text or bytes of 4 GiB.
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

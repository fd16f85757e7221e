//! States as CPython pickles, protocols 0 to 5, written and read.
//!
//! [`dumps`] writes a pickle from which `pickle.loads` makes a real Python object; the class only has to exist.
//! [`loads`] reads it back.
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
//! # Types in Python
//! | Rust | Python |
//! |---|---|
//! | integers, floats, `bool`, text, `char` | `int`, `float`, `bool`, `str` |
//! | lists of `u8` | `bytes` |
//! | other lists, sets, maps | `list`, `set`, `dict` |
//! | tuples, `()`, durations and points in time | `tuple`; seconds and nanoseconds |
//! | `Option` | the value or `None`; a value that could be `None` itself is wrapped in a tuple of its own |
//! | `#[state(bytes)]` | `bytes` and their count; with `uncounted`, the `bytes` alone, which is not possible for `bytemuck::Pod` structs that are not a `Record` |
//! | `#[state(array)]` | `numpy.ndarray`, built with public names only, so that any version of NumPy reads it |
//! | `ndarray`'s arrays | the same |
//! | `chrono`'s dates, times and differences of times | `datetime.date`, `time`, `datetime`, `timezone`, `timedelta` |
//! | `uuid`'s UUIDs, `num-bigint`'s integers, `rust_decimal`'s numbers | `uuid.UUID`, `int`, `decimal.Decimal` |
//! | a `Range` of integers | `range` |
//! | a struct | an object of its class |
//! | an enum | a tuple: the name of the variant, and its slots |
//! | `Rc`, `Arc`, `Weak` | the value behind them; in a state that [shares](crate::sharing#in-python), one object for all pointers to it |
//!
//! The types of other crates need the features named after these crates. A time that Python cannot represent is an
//! error and never becomes another time: leap seconds, fractions of a microsecond (`chrono` removes them with
//! `trunc_subsecs(6)`), years before 1 and after 9999.
//!
//! # Classes
//! The type tag names the class: `name = "shop.bikes.Bicycle"` is the class `Bicycle` of the module `shop.bikes`. A
//! nested class is written with a colon: `name = "shop:Bicycle.Frame"`. Without a module it is a class of the main
//! program, `__main__`, where the classes of a script are.
//!
//! How an object is made, and its state:
//!
//! | `#[state(pickle = ..)]` | made by | state |
//! |---|---|---|
//! | | `cls.__new__(cls)` | the flat tuple of the slots, the parent's first |
//! | `"dict"` | `cls.__new__(cls)` | a dict of the slots by name, the parent's among them |
//! | `"cython"` | `__pyx_unpickle_C(cls, checksum, None)` beside the class | the slots in the order of their names |
//! | `"call"` | `cls(*slots)`, so that its constructor runs | none |
//! | `"enum"` | `getattr(cls, name)` | none: a variant without slots is a member of `enum.Enum` |
//!
//! None of these classes has to be written by hand: [`python_module`] generates them, as does `state python FILE`.
//!
//! If slots are pickled by name, a raw array is one of them, its bytes. An empty state is omitted. Below protocol 2,
//! objects are made with `copyreg._reconstructor`, and modules have the names of Python 2
//! ([`PickleOptions::fix_imports`]).
//!
//! # Reading
//! The requested type determines the meaning of a state: `("Dave", 30)` is the state of a `Person`, though a pair of a
//! dict and slots would look the same. An object is read from every form in which Python writes one: `NEWOBJ` and
//! `NEWOBJ_EX`, `copyreg.__newobj__` and `_reconstructor`, a call of `__reduce__`, `INST` and `OBJ` of Python 2,
//! Cython's `__pyx_unpickle_*` with the checksum of its members, the forms of PyO3 classes made picklable by the module
//! `python`, and their older `_from_state` and `_from_slots`. With `pickle = "dict"` the state may be a dict, a dict
//! and slots, or the list of a frozen dataclass; missing names are filled by their `default` or are an error, and names
//! that the type does not have are an error too. Objects without a state are built from their arguments, as named
//! tuples are. A member of a Python enum is read by its name, or by its value if the Rust enum has discriminants:
//!
//! ```
//! use state_core::{State, pickle};
//!
//! #[derive(State, Debug, PartialEq)]
//! #[state(name = "shop.Color", pickle = "enum")]
//! enum Color { Red = 1, Green = 2 }
//!
//! // `pickle.dumps(shop.Color.GREEN, 2)`
//! assert_eq!(pickle::loads::<Color>(b"\x80\x02cshop\nColor\nK\x02\x85R.")?, Color::Green);
//! # Ok::<(), state_core::Error>(())
//! ```
//!
//! Maps are also read from the types of the module `collections` (`OrderedDict`, `defaultdict`, `Counter`); lists from
//! a `deque`, from a set, in which each item counts once, and from an `array.array`, whose numbers raw arrays and
//! `ndarray`'s arrays of one dimension accept as well, whatever its type code. Everything in such a container is read,
//! whether it was passed as an argument or added later, or loading fails; only attributes of an `OrderedDict` are
//! dropped, as a map has no place for them. Text and paths are read from the paths of `pathlib`, written with slashes;
//! a `Range` from a `range` or `slice` with a step of 1. For other classes that are made by a call, use
//! `pickle = "call"`:
//!
//! ```
//! use state_core::{State, pickle};
//!
//! #[derive(State, Debug, PartialEq)]
//! #[state(name = "fractions.Fraction", pickle = "call")]
//! struct Fraction { numerator: i64, denominator: i64 }
//!
//! // `pickle.dumps(fractions.Fraction(3, 4), 2)`, since Python 3.12
//! let pickle = b"\x80\x02cfractions\nFraction\nK\x03K\x04\x86R.";
//! assert_eq!(pickle::loads::<Fraction>(pickle)?, Fraction { numerator: 3, denominator: 4 });
//! # Ok::<(), state_core::Error>(())
//! ```
//!
//! Durations and points in time are also read from a `timedelta` and from a `datetime` with its time zone. The `fold`
//! of an ambiguous time and the name of a time zone are not kept.
//!
//! ## NumPy
//! Arrays and scalars are read from every version of NumPy, in both byte orders and both orders of elements. A raw
//! array, a list or array of numbers, and `ndarray`'s arrays accept an array with the same number of dimensions and the
//! same element type; records are matched by the names of their fields, whatever their offsets. Without NumPy, a raw
//! array accepts its bytes, and an array of `ndarray` a tuple of its lengths and bytes, or the bytes alone if it has
//! one dimension. A number accepts a scalar. A value distinguishes scalars from arrays
//! ([`Array::is_scalar`](crate::value::Array::is_scalar)), and keeps as calls whatever is not plain bytes of numbers,
//! text or times: arrays of Python objects, of subclasses of NumPy's array, and of elements that are not contiguous.
//! Metadata of an element type is dropped. If the number of bytes does not match the type and shape of an array, that
//! is an error.
//!
//! [`load_value`] reads any pickle. An unknown object becomes an [`Object`](crate::value::Object) with the name of its
//! class, its arguments and its state; a value that is referenced more than once becomes a
//! [`Shared`](crate::value::Shared) value, even if it contains itself, and is not copied.
//!
//! [`dump_value`] writes a pickle that Python loads as the same object, at each protocol. For this a value records how
//! an object was made ([`Made`](crate::value::Made)): `NEWOBJ` is written as `copyreg.__newobj__` below protocol 2
//! (`__newobj_ex__` if its arguments are referenced elsewhere too), and `copyreg._reconstructor`, with which protocols
//! 0 and 1 make subclasses of built-in types, is written at every protocol. A value also keeps calls that Python makes
//! only for their effect, such as the state setters of `__reduce__` and the calls with which `cloudpickle` and `dill`
//! fill the functions and classes that they make: calls that follow an object are its
//! [`steps`](crate::value::Parts::steps), those that came before it are in [`before`](crate::value::Parts::before), and
//! the last ones are around the whole value. All of them are printed: `cos\nsystem\n(S'ls'\ntR0N.` prints as
//! `(None, then system('ls'))`. Since they are never called here, a pickle that drops the result of a call is an error when it
//! is loaded into a type.
//!
//! # Untrusted pickles
//! Nothing is ever imported, looked up or called. A stack machine reads the bytes into at most eight times their length
//! of memory, in linear time, and never recurses. Loading into a type takes the memory that the type needs for that
//! many parts; there are limits for parts that are referenced again and again ([`PickleOptions::expansion`]) and for
//! nested lists, boxes and maps ([`PickleOptions::depth`]). A [`Value`] takes 32 bytes for each of its slots, plus its
//! text.
//!
//! # Differences from CPython
//! What CPython's `pickle.loads` accepts is accepted, and what it refuses is refused, opcode by opcode, except for what
//! only a running Python can know:
//! - Any name is accepted, whether or not such a class exists, and any arguments.
//! - Keys of dicts and items of sets may be of any kind, and a value may contain the same one twice. When loading into
//!   a type, and in [`Dict::get`](crate::value::Dict::get), the last value of a key counts, as in Python.
//! - Persistent ids are values unless a function for them is given ([`PickleOptions::load_value_resolving`]).
//! - A list or dict accepts items only from its own opcodes (`APPEND` on a `bytearray`, or `SETITEM` on a list, is an
//!   error).
//! - `BUILD` on anything but an object of a class is an error, unless the state is `None`.
//! - Numbers in text may always have 4300 digits, which is a setting in Python.
//! - Pickles of 2 GiB and more, or with that many parts, are refused.

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

/// Reads a pickle into a value, whatever it holds.
///
/// # Errors
/// If the bytes are not a pickle.
pub fn load_value(pickle: &[u8]) -> Result<Value> {
    PickleOptions::new().load_value(pickle)
}

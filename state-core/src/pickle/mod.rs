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
//! | `#[state(bytes)]` | `bytes` and their count, or one of them under `uncounted`, which `bytemuck::Pod` structs that are no `Record` cannot do without their count |
//! | `#[state(array)]` | `numpy.ndarray`, made by public names alone, so that any version of NumPy reads it |
//! | `ndarray`'s arrays | the same |
//! | `chrono`'s dates, times and differences of times | `datetime.date`, `time`, `datetime`, `timezone`, `timedelta` |
//! | `uuid`'s UUIDs, `num-bigint`'s integers | `uuid.UUID`, `int` |
//! | a `Range` of integers | `range` |
//! | a struct | an object of its class |
//! | an enum | a tuple: the name of the variant, and its slots |
//! | `Rc`, `Arc`, `Weak` | what they lead to; of a state that [shares](crate::sharing#in-python), the same object where they lead to one |
//!
//! The types of other crates need the features of these crates' names. What Python's times cannot hold is an error, never
//! another time: leap seconds, parts of a microsecond (`chrono` cuts them off by `trunc_subsecs(6)`), years before 1 and
//! after 9999.
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
//! | `"call"` | `cls(*slots)`, so that its constructor runs | none |
//! | `"enum"` | `getattr(cls, name)` | none: a variant without slots is a member of `enum.Enum` |
//!
//! None of these classes has to be written: [`python_module`] gives them, as does `state python FILE`.
//!
//! Where slots go by name, a raw array is one of them, its bytes. A state that is empty is not given at all. Below
//! protocol 2 the maker is `copyreg._reconstructor`, and modules have the names of Python 2
//! ([`PickleOptions::fix_imports`]).
//!
//! # Reading
//! The type that is asked for decides what a state means: `("Dave", 30)` is the state of a `Person`, though a dict and
//! slots would look the same. An object is read from each of the ways in which Python writes one: `NEWOBJ` and
//! `NEWOBJ_EX`, `copyreg.__newobj__` and `_reconstructor`, a call of `__reduce__`, `INST` and `OBJ` of Python 2, Cython's
//! `__pyx_unpickle_*` with the checksum of its members, the forms of the classes of the python door, and `_from_state` and `_from_slots` from before there were any.
//! Under `pickle = "dict"` the state may be a dict, a dict and slots, or the list of a frozen dataclass; names that are
//! missing are filled by their `default` or are an error, and so are names that the type does not have. What has no state
//! is made from its arguments, as named tuples are. A member of a Python enum is read by its name, or by its value where
//! the Rust enum has discriminants:
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
//! Maps are read from what module `collections` has beside `dict` too (`OrderedDict`, `defaultdict`, `Counter`); lists
//! from a `deque`, from a set, of which each item counts once, and from an `array.array`, whose numbers raw arrays take as
//! well, whatever its type code. All that such a container holds is read, whether it came by arguments or was added
//! later, or the load is an error; only attributes of an `OrderedDict` are left out, as a map has no place for them. Text and paths are read from the paths of `pathlib`, written with slashes;
//! a `Range` from a `range` or `slice` without gaps. For other classes that are made by a call
//! there is the form of that name:
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
//! Durations and points in time are read from a `timedelta` and from a `datetime` with its time zone too. Which of two times
//! is meant that a clock shows alike (`fold`), and the name of a time zone, is not kept.
//!
//! ## NumPy
//! Arrays and scalars are read as any of NumPy's versions writes them, in both byte orders and orders of elements. A raw
//! array, a list or array of numbers, and `ndarray`'s arrays take an array of as many dimensions and the same type of
//! elements; records are taken by the names of their fields, wherever these lie. Without NumPy, a raw array takes its
//! bytes, and an array of `ndarray` a tuple of its lengths and bytes, or one dimension's bytes alone. A number takes a
//! scalar. A value keeps scalars apart from arrays
//! ([`Array::is_scalar`](crate::value::Array::is_scalar)), and leaves as calls what is no bytes of numbers, text or times:
//! arrays of Python's objects, of classes derived from NumPy's array, and of elements that lie apart. What programs note as metadata
//! of a type is dropped. An array whose bytes are not as many as its type and shape ask for is an error.
//!
//! [`load_value`] reads any pickle. What it does not know becomes an [`Object`](crate::value::Object) with the name of its
//! class, its arguments and its state; what is referenced more than once is a [`Shared`](crate::value::Shared) value,
//! also where it contains itself, and nothing is copied for it.
//!
//! [`dump_value`] writes what Python loads as the same object, at each protocol. So a value keeps how an object was made
//! ([`Made`](crate::value::Made)): what `NEWOBJ` made is written as `copyreg.__newobj__` below protocol 2, and
//! `copyreg._reconstructor`, by which protocols 0 and 1 make subclasses of built-in types, stays that at all of them. It
//! also keeps what Python calls for nothing but its effect, such as the state setters of `__reduce__` and what
//! `cloudpickle` and `dill` put into the functions and classes that they make: calls with an object below them are its
//! [`steps`](crate::value::Parts::steps), those that came before it stand in [`before`](crate::value::Parts::before), and
//! those that came last around the whole value. All of them are shown: what is called for `cos\nsystem\n(S'ls'\ntR0N.`
//! prints as `(None, then system('ls'))`. Since they are never called here, a pickle that drops the result of a call is
//! an error where a type is asked for.
//!
//! # Pickles that one does not trust
//! Nothing is ever imported, looked up or called. The bytes run through a stack machine that keeps what they say in at
//! most eight times their length, in time in proportion to it, and nothing recurses on the stack. What is read into a
//! type takes what that type needs for so many parts; parts that are referenced again and again may come to a limit
//! ([`PickleOptions::expansion`]), and lists, boxes and maps in one another too ([`PickleOptions::depth`]). A [`Value`]
//! takes 32 bytes for each of its slots, and text beside them.
//!
//! # Where it differs from CPython
//! It takes what CPython's `pickle.loads` takes, and refuses what that refuses, opcode by opcode, but for what only a
//! running Python can know:
//! - Any name is taken, whether there is such a class or not, and any arguments.
//! - Keys of dicts and items of sets may be of any kind, and in values the same one may stand twice. Where a type is asked
//!   for, and where [`Dict::get`](crate::value::Dict::get) looks for a key, the last value of a key counts, as in Python.
//! - Persistent ids are values where no function for them is given ([`PickleOptions::load_value_resolving`]).
//! - A list or dict takes items by its own opcodes alone (`APPEND` on a `bytearray`, or `SETITEM` on a list, is an error).
//! - `BUILD` on what is no object of a class is an error, unless the state is `None`.
//! - Numbers in text may have 4300 digits at all times, which in Python is a setting.
//! - Pickles of 2 GiB and more, and of more parts than that, are refused.

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

/// Takes a value's state as a pickle of protocol 4; [`PickleOptions`] has the others.
///
/// # Errors
/// A value that has no native bytes either, as [`dumps`](crate::dumps) says; a type tag that cannot be the name of a
/// class; slots of one name in an object that is pickled by names; and, below protocol 4, text or bytes of 4 GiB.
pub fn dumps<T: State + ?Sized>(value: &T) -> Result<Vec<u8>> {
    PickleOptions::new().dumps(value)
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
    PickleOptions::new().dump_value(value)
}

/// Reads a pickle of any protocol.
///
/// What follows the pickle is left alone, as in Python.
///
/// # Errors
/// Bytes that are no pickle, or whose value does not stand for a `T`, with the path to the part that does not. What is
/// often taken for a pickle (archives, compressed and native files) is named, with the way to the pickle in it.
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
/// Bytes that are no pickle.
pub fn load_value(pickle: &[u8]) -> Result<Value> {
    PickleOptions::new().load_value(pickle)
}

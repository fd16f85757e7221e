//! Dynamic values: a state that can be indexed, compared, printed, joined and split.
//!
//! A [`Tuple`] is the flat state of one object, as Python's `__getstate__` returns it; its slots are [`Value`]s.
//!
//! ```
//! use state_core::value::{Object, Tuple, Value};
//!
//! let dave = Object::new("example.Person", ("Dave", 30));
//!
//! // The state of a child is the state of its parent and its own slots.
//! let parent = Tuple::from((vec![0_u8; 48], 3));
//! let state = parent.clone() + (dave,);
//! assert_eq!(state.len(), 3);
//! assert_eq!(state[1], 3);
//!
//! // And back: `state[-1]` and `state[:-1]`, as Python would say.
//! let (owner, rest) = state.split_last().unwrap();
//! assert_eq!(owner.to_string(), "Person('Dave', 30)");
//! assert_eq!(parent, *rest);
//! ```
//!
//! # Depth
//!
//! Values nest as deeply as memory allows. Dropping, cloning, comparing and printing never recurse, whatever the depth.
//!
//! # Text
//!
//! `Display` matches Python's `repr` exactly for every built-in kind; which characters are printable depends on the
//! Unicode version, as it does between two versions of Python, and here it is that of Rust's `core`. Objects show the
//! last part of their type tag (`Person('Dave', 30)`), `Debug` shows all of it (`example.Person('Dave', 30)`). The
//! alternate forms, `{:#}` and `{:#?}`, print an indented tree with one line for each slot.
//!
//! Objects from pickles whose classes are `Counter`, `OrderedDict` (as since Python 3.12), `defaultdict`, `deque`,
//! `array`, `Decimal`, `Fraction`, `range`, `slice`, `UUID`, `SimpleNamespace`, `ZoneInfo`, or from `datetime` or
//! `pathlib`, print as in Python. All others, and those that contain more than their class prints, show the arguments,
//! attributes, items and entries from the pickle: `Point(x=1, y=2)`. Calls made only for their effect follow these:
//! `Point(1, then put(Point(...), 2))` for a call with the object, `Point(1, after system('ls'))` for a call before it
//! is made. An opened `Pickle` prints like its value.
//!
//! A value that contains itself is shown as `[...]`, `{...}` or `(...)` inside itself. As a few values that refer to
//! each other can expand to text of any length, values that were shown before take at most about a million bytes;
//! beyond that they are shown as `...`.

mod change;
mod compare;
pub(crate) mod convert;
mod kind;
pub(crate) mod kinds;
mod node;
pub(crate) mod repr;

use alloc::{boxed::Box, string::String, vec::Vec};

pub(crate) use self::convert::bounded::Bounded;
pub(crate) use self::convert::encode::serde_value;
#[cfg(feature = "pickle")]
pub(crate) use self::convert::named::named;
pub(crate) use self::convert::named::{Each, Named, NamedSlot};
pub(crate) use self::convert::standard::standard;
pub use self::convert::traits::{IntoState, StateExt, from_value, to_value};
pub use self::kind::{Kind, WrongKind};
pub use self::kinds::array::Array;
pub use self::kinds::complex::Complex;
pub use self::kinds::dict::{Dict, IntoPairs, Pairs};
pub use self::kinds::int::{Int, ParseIntError};
pub use self::kinds::name::Name;
pub use self::kinds::object::{Attributes, Made, Object, Parts};
#[cfg(feature = "pickle")]
pub(crate) use self::kinds::parts::PartsRef;
pub use self::kinds::persistent::Persistent;
pub use self::kinds::sequence::{List, Set};
pub use self::kinds::shared::Shared;
pub(crate) use self::kinds::shared::bind;
pub use self::kinds::step::{Step, StepRef};
pub use self::kinds::surrogates::Surrogates;
pub use self::kinds::tuple::Tuple;
pub use self::kinds::variant::Variant;
pub use crate::array::{ByteOrder, Dtype, Field, Order, Structured, Subarray, TimeUnit};

/// One slot of a state: any value that a slot can hold.
///
/// Values are made with `From`: `Value::from(30)`, `Value::from("Dave")`, `Value::from((1, 2.5))`. A vector of bytes
/// becomes [`Value::Bytes`] and one of values [`Value::List`]; a `char` becomes text, and `()` the empty tuple.
///
/// Get scalars with `TryFrom`, or borrow them with the `as_` methods. Both are strict about the kind, with one
/// exception: an integer can be read as a float if a float represents it exactly.
///
/// # Equality
///
/// Values are equal if they are of one kind and hold the same:
/// - integers by value, whatever Rust type they came from;
/// - floats by IEEE 754: a NaN equals nothing, `0.0` equals `-0.0`;
/// - dicts and sets in any order, each item the same number of times;
/// - objects and variants by name, state and all other parts of an object;
/// - shared values by the values that they refer to, whether or not the other one is shared. Values that contain
///   themselves are equal if no path into them leads to a difference; if they contain themselves through the items of a
///   set or the keys of a dict, only if these are in the same order.
///
/// `Int(1)`, `Float(1.0)` and `Bool(true)` are three kinds and never equal, unlike in Python: a state with one in place
/// of another is a different state.
///
/// # Order
///
/// `PartialOrd` orders values of one kind only: numbers, text and bytes by their own order, tuples and lists by the
/// first slots that differ. Kinds without an order are equal or unordered.
#[derive(Clone, Default)]
#[non_exhaustive]
pub enum Value {
    /// No value, Python's `None`.
    #[default]
    None,
    /// A truth value.
    Bool(bool),
    /// An integer of any size.
    Int(Int),
    /// A floating point number.
    Float(f64),
    /// A complex number.
    Complex(Complex),
    /// Text.
    Str(String),
    /// Python text that no `str` can hold.
    Surrogates(Surrogates),
    /// Bytes.
    Bytes(Vec<u8>),
    /// Bytes that can be changed, Python's `bytearray`.
    ByteArray(Vec<u8>),
    /// A fixed number of slots.
    Tuple(Tuple),
    /// A sequence of any length.
    List(List),
    /// Keys with their values, in insertion order.
    Dict(Dict),
    /// Items whose order has no meaning, in insertion order.
    Set(Set),
    /// A set that cannot be changed, Python's `frozenset`.
    FrozenSet(Set),
    /// An array of any number of dimensions.
    Array(Box<Array>),
    /// A class or function, by its name.
    Global(Name),
    /// An object: its type tag and its state.
    Object(Box<Object>),
    /// A value of an enum: the enum's type tag, the variant's name and its state.
    Variant(Box<Variant>),
    /// A reference to an object stored elsewhere, by its id.
    Persistent(Persistent),
    /// A value that is referenced from more than one place, or that contains itself. It is inspected, compared and
    /// printed as the value that it refers to.
    Shared(Shared),
}

impl Value {
    /// Returns the kind of the value, for messages and quick tests. A shared value has the kind of the value that it
    /// refers to.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::None => Kind::None,
            Self::Bool(_) => Kind::Bool,
            Self::Int(_) => Kind::Int,
            Self::Float(_) => Kind::Float,
            Self::Complex(_) => Kind::Complex,
            Self::Str(_) => Kind::Str,
            Self::Surrogates(_) => Kind::Surrogates,
            Self::Bytes(_) => Kind::Bytes,
            Self::ByteArray(_) => Kind::ByteArray,
            Self::Tuple(_) => Kind::Tuple,
            Self::List(_) => Kind::List,
            Self::Dict(_) => Kind::Dict,
            Self::Set(_) => Kind::Set,
            Self::FrozenSet(_) => Kind::FrozenSet,
            Self::Array(_) => Kind::Array,
            Self::Global(_) => Kind::Global,
            Self::Object(_) => Kind::Object,
            Self::Variant(_) => Kind::Variant,
            Self::Persistent(_) => Kind::Persistent,
            // A shared value never refers to another handle.
            Self::Shared(shared) => shared.get().kind(),
        }
    }
}

//! The `value` door's data: a state as a dynamic value that can be indexed, compared, printed, joined and split.
//!
//! A [`Tuple`] is the state of one object, flat, as Python's `__getstate__` returns it; its slots are [`Value`]s.
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
//! Values nest as deeply as memory allows. To drop, clone, compare or print one never recurses on the stack, whatever
//! its depth.
//!
//! # Text
//!
//! `Display` is Python's `repr` to the letter for every kind that Python has built in; which letters are printable is,
//! as between two Pythons, a matter of the Unicode version, here that of Rust's `core`. Objects show the last part of
//! their type tag (`Person('Dave', 30)`), `Debug` shows all of it (`example.Person('Dave', 30)`). The alternate forms,
//! `{:#}` and `{:#?}`, print an indented tree with a line for each slot.
//!
//! Of objects from pickles, those of the classes `Counter`, `OrderedDict` (as from Python 3.12 on), `defaultdict`,
//! `deque`, `array`, `Decimal`, `Fraction`, `range`, `slice`, `UUID`, `SimpleNamespace`, `ZoneInfo`, and of `datetime`
//! and `pathlib` print as Python prints them; all others, and those that hold more than their class prints, with the
//! arguments, attributes, items and entries that the pickle gives them: `Point(x=1, y=2)`. Calls for their effect
//! alone stand behind these: `Point(1, then put(Point(...), 2))` what is done with the object, `Point(1, after
//! system('ls'))` what is called before it is made. A `Pickle` that was opened prints as its value does.
//!
//! What a value contains in itself is shown as `[...]`, `{...}` or `(...)`. As a few values that refer to each other
//! can stand for a text of any length, at most about a million bytes are spent on what was shown before; then `...`
//! stands for it.

mod compare;
pub(crate) mod convert;
mod kind;
pub(crate) mod kinds;
mod node;
pub(crate) mod repr;

use alloc::{boxed::Box, string::String, vec::Vec};

pub(crate) use self::convert::bounded::Bounded;
pub use self::convert::door::{IntoState, StateExt, from_value, to_value};
pub(crate) use self::convert::encode::serde_value;
pub(crate) use self::convert::named::{Each, Named};
pub(crate) use self::convert::standard::standard;
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

/// One slot of a state: any value that can stand in it.
///
/// Values are made with `From`: `Value::from(30)`, `Value::from("Dave")`, `Value::from((1, 2.5))`. Of vectors, those of
/// bytes become [`Value::Bytes`] and those of values [`Value::List`]; a `char` becomes text, and `()` the empty tuple.
///
/// Scalars come back with `TryFrom`, or are looked at with the `as_` methods. Both are strict about the kind, with one exception: a
/// float may be asked of an integer that a float holds exactly.
///
/// # Equality
///
/// Values are equal if they are of one kind and hold the same:
/// - integers by value, whatever Rust type they came from;
/// - floats as IEEE 754 has it: a NaN equals nothing, `0.0` equals `-0.0`;
/// - dicts and sets in any order, each item as often here as there;
/// - objects and variants by name and state, and by what else is said of an object;
/// - what is shared by what it refers to, whether the other is shared or not. Values that contain themselves are equal
///   if one cannot be told from the other by looking ever deeper into both; where they do so by way of the items of a
///   set or the keys of a dict, only if these stand in one order.
///
/// `Int(1)`, `Float(1.0)` and `Bool(true)` are three kinds and never equal, unlike in Python: a state that holds
/// one where the other is due is a different state.
///
/// # Order
///
/// `PartialOrd` knows an order for values of one kind only: numbers, text and bytes by their own, tuples and lists by
/// their first slots that differ. Kinds without an order are equal or have none.
#[derive(Clone, Default)]
#[non_exhaustive]
pub enum Value {
    /// Nothing, Python's `None`.
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
    /// Text of Python's that no `str` can hold.
    Surrogates(Surrogates),
    /// Bytes.
    Bytes(Vec<u8>),
    /// Bytes that can be changed, Python's `bytearray`.
    ByteArray(Vec<u8>),
    /// A fixed number of slots.
    Tuple(Tuple),
    /// A sequence of any length.
    List(List),
    /// Keys with their values, in the order in which they were given.
    Dict(Dict),
    /// Items without an order of meaning, in the order in which they were given.
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
    /// An object that is kept elsewhere, by its id.
    Persistent(Persistent),
    /// A value that is referenced from more than one place, or that contains itself. It is looked at, compared and
    /// printed as the value that it refers to.
    Shared(Shared),
}

impl Value {
    /// Says of which kind the value is, for messages and for quick tests. What is shared has the kind of what it
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
            // No shared value is a handle itself.
            Self::Shared(shared) => shared.get().kind(),
        }
    }
}

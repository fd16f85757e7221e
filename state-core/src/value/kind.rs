//! The kinds of values by name, and the error of a value of an unexpected kind.

use core::{error, fmt};

use super::{Int, Value};

/// The kind of a [`Value`], named as Python names its types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// [`Value::None`]
    None,
    /// [`Value::Bool`]
    Bool,
    /// [`Value::Int`]
    Int,
    /// [`Value::Float`]
    Float,
    /// [`Value::Complex`]
    Complex,
    /// [`Value::Str`]
    Str,
    /// [`Value::Surrogates`]
    Surrogates,
    /// [`Value::Bytes`]
    Bytes,
    /// [`Value::ByteArray`]
    ByteArray,
    /// [`Value::Tuple`]
    Tuple,
    /// [`Value::List`]
    List,
    /// [`Value::Dict`]
    Dict,
    /// [`Value::Set`]
    Set,
    /// [`Value::FrozenSet`]
    FrozenSet,
    /// [`Value::Array`]
    Array,
    /// [`Value::Global`]
    Global,
    /// [`Value::Object`]
    Object,
    /// [`Value::Variant`]
    Variant,
    /// [`Value::Persistent`]
    Persistent,
}

impl Kind {
    /// The kind's name in messages: `"int"`, `"str"`, `"None"`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "None",
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Float => "float",
            Self::Complex => "complex",
            Self::Str => "str",
            Self::Surrogates => "str with surrogates",
            Self::Bytes => "bytes",
            Self::ByteArray => "bytearray",
            Self::Tuple => "tuple",
            Self::List => "list",
            Self::Dict => "dict",
            Self::Set => "set",
            Self::FrozenSet => "frozenset",
            Self::Array => "array",
            Self::Global => "class or function",
            Self::Object => "object",
            Self::Variant => "variant",
            Self::Persistent => "persistent id",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A value had another kind than the conversion expected.
///
/// ```
/// use state_core::value::Value;
///
/// let error = i8::try_from(Value::from("thirty")).unwrap_err();
/// assert_eq!(error.to_string(), "expected i8, found str");
///
/// let error = i8::try_from(Value::from(300)).unwrap_err();
/// assert_eq!(error.to_string(), "expected i8, found int 300");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct WrongKind {
    expected: &'static str,
    found: Kind,
    // An integer of the right kind that is out of range, because its kind alone would explain nothing.
    misfit: Option<Int>,
}

impl WrongKind {
    pub(super) fn new(expected: &'static str, found: &Value) -> Self {
        Self { expected, found: found.kind(), misfit: None }
    }

    pub(super) fn out_of_range(expected: &'static str, found: &Int) -> Self {
        Self { expected, found: Kind::Int, misfit: Some(found.clone()) }
    }

    /// The expected kind, as a Rust type: `"i8"`.
    #[must_use]
    pub const fn expected(&self) -> &'static str {
        self.expected
    }

    /// The kind of the value.
    #[must_use]
    pub const fn found(&self) -> Kind {
        self.found
    }
}

impl fmt::Display for WrongKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {}, found {}", self.expected, self.found)?;
        match &self.misfit {
            Some(number) if number.bits() > 128 => write!(f, " of {} bits", number.bits()),
            Some(number) => write!(f, " {number}"),
            None => Ok(()),
        }
    }
}

impl error::Error for WrongKind {}

//! Conversions of values to Rust's types, and views of them.

use alloc::{boxed::Box, string::String, vec::Vec};

use crate::protocol::float::narrow;
use crate::value::{
    Array, Complex, Dict, Int, List, Name, Object, Persistent, Set, Shared, Surrogates, Tuple, Value, Variant,
    WrongKind,
};

macro_rules! look {
    ($($(#[$doc:meta])* $as_kind:ident -> $Type:ty: $pattern:pat => $inner:expr;)*) => {
        impl Value {$(
            $(#[$doc])*
            #[must_use]
            pub fn $as_kind(&self) -> Option<$Type> {
                match self.see() {
                    $pattern => Some($inner),
                    _ => None,
                }
            }
        )*}
    };
}

look! {
    /// The truth value, if it is one. Numbers are not.
    as_bool -> bool: Self::Bool(truth) => *truth;
    /// The integer, if it is one. A truth value is not.
    as_int -> &Int: Self::Int(number) => number;
    /// The complex number, if it is one. Other numbers are not.
    as_complex -> Complex: Self::Complex(number) => *number;
    /// The text, if it is text.
    as_str -> &str: Self::Str(text) => text;
    /// The text, if it has surrogates.
    as_surrogates -> &Surrogates: Self::Surrogates(text) => text;
    /// The bytes, if it is bytes.
    as_bytes -> &[u8]: Self::Bytes(bytes) => bytes;
    /// The bytes, if it is a bytearray.
    as_byte_array -> &[u8]: Self::ByteArray(bytes) => bytes;
    /// The tuple, if it is one.
    as_tuple -> &Tuple: Self::Tuple(tuple) => tuple;
    /// The list, if it is one.
    as_list -> &List: Self::List(list) => list;
    /// The dict, if it is one.
    as_dict -> &Dict: Self::Dict(dict) => dict;
    /// The set, if it is one.
    as_set -> &Set: Self::Set(set) => set;
    /// The set, if it is a frozenset.
    as_frozen_set -> &Set: Self::FrozenSet(set) => set;
    /// The array, if it is one.
    as_array -> &Array: Self::Array(array) => array;
    /// The name, if it is a class or function.
    as_global -> &Name: Self::Global(name) => name;
    /// The object, if it is one.
    as_object -> &Object: Self::Object(object) => object;
    /// The value of an enum, if it is one.
    as_variant -> &Variant: Self::Variant(variant) => variant;
    /// The stand-in for an object that is kept elsewhere, if it is one.
    as_persistent -> &Persistent: Self::Persistent(persistent) => persistent;
}

impl Value {
    /// Whether it is [`Value::None`].
    #[must_use]
    pub fn is_none(&self) -> bool {
        matches!(self.see(), Self::None)
    }

    /// The handle, if the value is shared. The other methods see through it.
    #[must_use]
    pub const fn as_shared(&self) -> Option<&Shared> {
        match self {
            Self::Shared(shared) => Some(shared),
            _ => None,
        }
    }

    /// The number as a float: that of a float, or that of an integer which a float holds exactly.
    ///
    /// ```
    /// use state_core::value::Value;
    ///
    /// assert_eq!(Value::from(216.0).as_f64(), Some(216.0));
    /// assert_eq!(Value::from(216).as_f64(), Some(216.0));
    /// assert_eq!(Value::from(u64::MAX).as_f64(), None);
    /// ```
    #[must_use]
    pub fn as_f64(&self) -> Option<f64> {
        match self.see() {
            Self::Float(number) => Some(*number),
            Self::Int(number) => number.as_f64(),
            _ => None,
        }
    }
}

macro_rules! to_ints {
    ($($Type:ident)*) => {$(
        impl TryFrom<&Value> for $Type {
            type Error = WrongKind;

            fn try_from(value: &Value) -> Result<Self, WrongKind> {
                match value.see() {
                    Value::Int(number) => Self::try_from(number)
                        .map_err(|_| WrongKind::out_of_range(stringify!($Type), number)),
                    _ => Err(WrongKind::new(stringify!($Type), value)),
                }
            }
        }

        by_value!($Type);
    )*};
}

/// Scalars are copied, so that taking one out of a value is the same as looking at it.
macro_rules! by_value {
    ($($Type:ident)*) => {$(
        impl TryFrom<Value> for $Type {
            type Error = WrongKind;

            fn try_from(value: Value) -> Result<Self, WrongKind> {
                Self::try_from(&value)
            }
        }
    )*};
}

to_ints!(i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize);
by_value!(bool char f32 f64 Complex);

impl TryFrom<&Value> for bool {
    type Error = WrongKind;

    fn try_from(value: &Value) -> Result<Self, WrongKind> {
        value.as_bool().ok_or_else(|| WrongKind::new("bool", value))
    }
}

impl TryFrom<&Value> for Complex {
    type Error = WrongKind;

    fn try_from(value: &Value) -> Result<Self, WrongKind> {
        value.as_complex().ok_or_else(|| WrongKind::new("complex", value))
    }
}

/// Takes text of one `char`.
impl TryFrom<&Value> for char {
    type Error = WrongKind;

    fn try_from(value: &Value) -> Result<Self, WrongKind> {
        let mut letters = value.as_str().unwrap_or_default().chars();
        match (letters.next(), letters.next()) {
            (Some(letter), None) => Ok(letter),
            _ => Err(WrongKind::new("char", value)),
        }
    }
}

/// Takes a float, or an integer which a float holds exactly.
impl TryFrom<&Value> for f64 {
    type Error = WrongKind;

    fn try_from(value: &Value) -> Result<Self, WrongKind> {
        match (value.as_f64(), value.see()) {
            (Some(number), _) => Ok(number),
            (None, Value::Int(number)) => Err(WrongKind::out_of_range("f64", number)),
            (None, _) => Err(WrongKind::new("f64", value)),
        }
    }
}

/// Takes what an `f64` takes, rounded to the nearest `f32`. A finite number too large for one is an error.
impl TryFrom<&Value> for f32 {
    type Error = WrongKind;

    fn try_from(value: &Value) -> Result<Self, WrongKind> {
        let wide = value.as_f64().ok_or_else(|| WrongKind::new("f32", value))?;
        let narrow = narrow(wide);
        if narrow.is_infinite() && wide.is_finite() {
            return Err(WrongKind::new("f32", value));
        }
        Ok(narrow)
    }
}

macro_rules! by_reference {
    ($($Type:ty: $as_kind:ident, $expected:literal;)*) => {$(
        impl<'a> TryFrom<&'a Value> for &'a $Type {
            type Error = WrongKind;

            fn try_from(value: &'a Value) -> Result<Self, WrongKind> {
                value.$as_kind().ok_or_else(|| WrongKind::new($expected, value))
            }
        }
    )*};
}

by_reference! {
    str: as_str, "str";
    [u8]: as_bytes, "bytes";
    Int: as_int, "int";
    Tuple: as_tuple, "tuple";
    List: as_list, "list";
    Dict: as_dict, "dict";
    Set: as_set, "set";
    Array: as_array, "array";
    Name: as_global, "class or function";
    Object: as_object, "object";
    Variant: as_variant, "variant";
}

macro_rules! take {
    ($($Type:ty: $pattern:pat => $inner:expr, $expected:literal;)*) => {$(
        impl TryFrom<Value> for $Type {
            type Error = WrongKind;

            fn try_from(value: Value) -> Result<Self, WrongKind> {
                match value.into_seen() {
                    $pattern => Ok($inner),
                    other => Err(WrongKind::new($expected, &other)),
                }
            }
        }
    )*};
}

take! {
    String: Value::Str(text) => text, "str";
    Vec<u8>: Value::Bytes(bytes) => bytes, "bytes";
    Int: Value::Int(number) => number, "int";
    Tuple: Value::Tuple(tuple) => tuple, "tuple";
    List: Value::List(list) => list, "list";
    Dict: Value::Dict(dict) => dict, "dict";
    Set: Value::Set(set) => set, "set";
    Array: Value::Array(array) => *array, "array";
    Name: Value::Global(name) => name, "class or function";
    Persistent: Value::Persistent(persistent) => persistent, "persistent id";
    Object: Value::Object(object) => *object, "object";
    Variant: Value::Variant(variant) => *variant, "variant";
    Box<Object>: Value::Object(object) => object, "object";
    Box<Variant>: Value::Variant(variant) => variant, "variant";
}

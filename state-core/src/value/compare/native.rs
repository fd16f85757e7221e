//! Equality of values with Rust's types, so that `state[1] == 30` and `state[0] == "Dave"` can be written.

use alloc::{boxed::Box, string::String, vec::Vec};

use crate::value::{Array, Complex, Dict, Int, List, Name, Object, Set, Tuple, Value, Variant};

macro_rules! equal {
    ($($Type:ty: $pattern:pat, $other:ident => $equal:expr;)*) => {$(
        impl PartialEq<$Type> for Value {
            fn eq(&self, $other: &$Type) -> bool {
                matches!(self.see(), $pattern if $equal)
            }
        }
    )*};
}

macro_rules! equal_ints {
    ($($Type:ident)*) => { equal!($($Type: Value::Int(number), other => number == other;)*); };
}

equal_ints!(i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize Int);

equal! {
    bool: Value::Bool(truth), other => truth == other;
    f32: Value::Float(number), other => *number == f64::from(*other);
    f64: Value::Float(number), other => number == other;
    Complex: Value::Complex(number), other => number == other;
    char: Value::Str(text), other => text.chars().eq([*other]);
    str: Value::Str(text), other => text == other;
    String: Value::Str(text), other => text == other;
    [u8]: Value::Bytes(bytes), other => bytes == other;
    Vec<u8>: Value::Bytes(bytes), other => bytes == other;
    Tuple: Value::Tuple(tuple), other => tuple == other;
    List: Value::List(list), other => list == other;
    Dict: Value::Dict(dict), other => dict == other;
    Set: Value::Set(set), other => set == other;
    Array: Value::Array(array), other => **array == *other;
    Name: Value::Global(name), other => name == other;
    Object: Value::Object(object), other => **object == *other;
    Variant: Value::Variant(variant), other => **variant == *other;
}

impl<const N: usize> PartialEq<[u8; N]> for Value {
    fn eq(&self, other: &[u8; N]) -> bool {
        *self == other[..]
    }
}

impl<T: ?Sized> PartialEq<&T> for Value
where
    Self: PartialEq<T>,
{
    fn eq(&self, other: &&T) -> bool {
        *self == **other
    }
}

impl<T: ?Sized> PartialEq<Box<T>> for Value
where
    Self: PartialEq<T>,
{
    fn eq(&self, other: &Box<T>) -> bool {
        *self == **other
    }
}

impl<T> PartialEq<Option<T>> for Value
where
    Self: PartialEq<T>,
{
    fn eq(&self, other: &Option<T>) -> bool {
        match other {
            Some(other) => self == other,
            None => self.is_none(),
        }
    }
}

impl PartialEq<[Value]> for Tuple {
    fn eq(&self, other: &[Value]) -> bool {
        **self == *other
    }
}

impl PartialEq<&[Value]> for Tuple {
    fn eq(&self, other: &&[Value]) -> bool {
        **self == **other
    }
}

impl PartialEq<Tuple> for [Value] {
    fn eq(&self, other: &Tuple) -> bool {
        *self == **other
    }
}

impl PartialEq<Tuple> for &[Value] {
    fn eq(&self, other: &Tuple) -> bool {
        **self == **other
    }
}

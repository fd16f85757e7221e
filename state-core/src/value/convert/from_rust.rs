//! Values from Rust's types.

use alloc::{
    borrow::{Cow, ToOwned},
    boxed::Box,
    string::String,
    vec::Vec,
};

use crate::protocol::float::widen;
use crate::value::{
    Array, Complex, Dict, Int, List, Name, Object, Persistent, Set, Shared, Surrogates, Tuple, Value, Variant,
};

macro_rules! from {
    ($($Type:ty: $from:ident => $value:expr;)*) => {$(
        impl From<$Type> for Value {
            fn from($from: $Type) -> Self {
                $value
            }
        }
    )*};
}

macro_rules! from_ints {
    ($($Type:ident)*) => { from!($($Type: number => Self::Int(number.into());)*); };
}

from_ints!(i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize);

from! {
    Int: number => Self::Int(number);
    bool: truth => Self::Bool(truth);
    f32: number => Self::Float(widen(number));
    f64: number => Self::Float(number);
    Complex: number => Self::Complex(number);
    char: letter => Self::Str(letter.into());
    &str: text => Self::Str(text.into());
    &String: text => Self::Str(text.clone());
    String: text => Self::Str(text);
    Box<str>: text => Self::Str(text.into());
    &[u8]: bytes => Self::Bytes(bytes.into());
    Vec<u8>: bytes => Self::Bytes(bytes);
    Box<[u8]>: bytes => Self::Bytes(bytes.into());
    Tuple: tuple => Self::Tuple(tuple);
    List: list => Self::List(list);
    Vec<Value>: items => Self::List(items.into());
    Dict: dict => Self::Dict(dict);
    Vec<(Value, Value)>: pairs => Self::Dict(pairs.into());
    Set: set => Self::Set(set);
    Surrogates: text => Self::Surrogates(text);
    Array: array => Self::Array(Box::new(array));
    Name: name => Self::Global(name);
    Persistent: persistent => Self::Persistent(persistent);
    Shared: shared => Self::Shared(shared);
    Object: object => Self::Object(Box::new(object));
    Variant: variant => Self::Variant(Box::new(variant));
}

impl<const N: usize> From<[u8; N]> for Value {
    fn from(bytes: [u8; N]) -> Self {
        Self::Bytes(bytes.into())
    }
}

impl<const N: usize> From<&[u8; N]> for Value {
    fn from(bytes: &[u8; N]) -> Self {
        Self::Bytes(bytes.into())
    }
}

impl<T: ToOwned + ?Sized> From<Cow<'_, T>> for Value
where
    T::Owned: Into<Self>,
{
    fn from(cow: Cow<'_, T>) -> Self {
        cow.into_owned().into()
    }
}

impl<T: Into<Self>> From<Box<T>> for Value {
    fn from(boxed: Box<T>) -> Self {
        (*boxed).into()
    }
}

/// `None` becomes [`Value::None`], and `Some` the value inside.
impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(option: Option<T>) -> Self {
        option.map_or(Self::None, T::into)
    }
}

//! Conversions of values from and to Rust's types, the states of objects, and the walk.

pub(crate) mod bounded;
pub(crate) mod decode;
pub(crate) mod encode;
pub(crate) mod from_rust;
pub(crate) mod input;
pub(crate) mod named;
pub(crate) mod rust_tuple;
pub(crate) mod standard;
pub(crate) mod to_rust;
pub(crate) mod traits;

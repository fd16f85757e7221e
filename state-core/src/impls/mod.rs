//! The implementations for types of the standard library, one file per family.

mod agree;
mod align;
mod array;
mod atomic;
pub(crate) mod borrow;
mod cell;
mod chain;
pub(crate) mod convert;
mod cstring;
mod enumeration;
pub(crate) mod ext;
#[cfg(any(feature = "arrayvec", feature = "smallvec"))]
mod grow;
pub(crate) mod hooks;
mod list;
#[cfg(feature = "std")]
mod lock;
mod map;
mod number;
mod object;
mod once;
mod option;
#[cfg(feature = "std")]
mod order;
#[cfg(feature = "std")]
mod path;
mod pointee;
pub(crate) mod pointer;
mod refill;
mod set;
#[cfg(feature = "std")]
pub(crate) mod sorted;
mod text;
#[cfg(feature = "glam")]
mod through;
mod time;
mod transparent;
mod tree;
mod tuple;
pub(crate) mod with;

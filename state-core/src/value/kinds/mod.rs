//! The kinds of values: a file for each kind that has its own type.

pub(crate) mod array;
pub(crate) mod children;
pub(crate) mod complex;
pub(crate) mod dict;
pub(crate) mod int;
pub(crate) mod name;
pub(crate) mod named;
pub(crate) mod object;
#[cfg(feature = "pickle")]
pub(crate) mod parts;
pub(crate) mod persistent;
pub(crate) mod sequence;
pub(crate) mod shared;
pub(crate) mod step;
pub(crate) mod surrogates;
pub(crate) mod tuple;
pub(crate) mod variant;

//! The canonical bytes of a schema: what the fingerprint hashes, and what a self-describing image carries.
//!
//! They are the nodes in depth-first order: a tag byte each, and what belongs to it; numbers are LEB128, names are a
//! length and UTF-8. A type with a name is written out where it occurs first, and is a back reference from then on, so
//! that recursive types end and repeated ones cost nothing.

mod read;
mod write;

use super::Kind;

pub(super) use read::Reading;
pub(crate) use read::parse_some;
#[cfg(feature = "pyo3")]
pub(crate) use read::{parse, parse_class_within};
pub(super) use write::write_listed;
#[cfg(feature = "pyo3")]
pub(crate) use write::{canonical_without_slots, write_for_class};
pub(crate) use write::{write_canonical, write_for_other_order};

const OBJECT: u8 = 15;

/// Only in pickles of classes: an object that has the name of the class, and numbers.
const NAMESAKE: u8 = 0x1F;
const INTS: u8 = 0x20;
const FLOAT: u8 = 0x2A;
const DOUBLE: u8 = 0x2B;

/// Only in pickles of classes: the types of open sets, before the schema.
#[cfg(any(feature = "pickle", feature = "pyo3"))]
pub(super) const MEMBERS: u8 = 0x2C;

const BACK: u8 = 0xFF;

#[cfg(any(feature = "pickle", feature = "pyo3"))]
const HANDLE: u8 = 0xFE;

pub(super) fn tag(kind: &Kind) -> u8 {
    match kind {
        Kind::Unit => 0,
        Kind::Bool => 1,
        Kind::Char => 2,
        Kind::Int { .. } => 3,
        Kind::Float { .. } => 4,
        Kind::Str => 5,
        Kind::Seconds { .. } => 6,
        Kind::Optional(_) => 7,
        Kind::List(_) => 8,
        Kind::Set(_) => 9,
        Kind::Map(..) => 10,
        Kind::Array(..) => 11,
        Kind::Tuple(_) => 12,
        Kind::Boxed(_) => 13,
        Kind::Raw(_) => 14,
        Kind::Object(_) => OBJECT,
        Kind::Enum(_) => 16,
        Kind::Record(_) => 17,
        Kind::Opaque { .. } => 18,
        Kind::Serde => 19,
        Kind::Known(_) => 20,
        Kind::Grid(..) => 21,
        Kind::Weak(_) => 22,
        Kind::Open(_) => 23,
        // No image with one leaves the process, so no reader meets this tag.
        #[cfg(feature = "pyo3")]
        Kind::Handle(_) => HANDLE,
    }
}

//! Arrays, whoever holds them: the types of their elements and how they are written, the order in which they lie, and what
//! they are in an image.

mod described;
pub(crate) mod descriptor;
mod dtype;
mod element;
mod parts;

pub use dtype::{ByteOrder, Dtype, Field, Structured, Subarray, TimeUnit};
pub(crate) use element::Element;
pub(crate) use parts::ArrayParts;

use crate::schema::{Nodes, Schema};

/// What the elements of a raw array are.
#[derive(Clone, Copy, Debug)]
pub struct Elements<'a> {
    pub(crate) schema: &'a Schema,
    pub(crate) nodes: &'a Nodes,
}

/// The order in which an array's elements are stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Order {
    /// Elements that differ in the last index are adjacent, as in C.
    #[default]
    C,
    /// Elements that differ in the first index are adjacent, as in Fortran.
    Fortran,
}

/// The number of elements.
pub(crate) fn count(shape: &[usize]) -> Option<usize> {
    if shape.contains(&0) {
        return Some(0);
    }
    shape.iter().try_fold(1_usize, |count, length| count.checked_mul(*length))
}

//! Values compared: equality, order, and the hashes by which items find each other in any order.

pub(crate) mod equal;
pub(crate) mod equivalence;
pub(crate) mod hash;
pub(crate) mod leaf;
pub(crate) mod native;
pub(crate) mod order;

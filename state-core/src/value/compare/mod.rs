//! Comparisons of values: equality, order, and the numbers with which items are matched in any order.

pub(crate) mod equal;
pub(crate) mod equivalence;
pub(crate) mod hash;
pub(crate) mod leaf;
pub(crate) mod native;
pub(crate) mod order;

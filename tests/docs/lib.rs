//! The pages that a reader meets outside the code, so that their examples are compiled and run.

#[doc = include_str!("../../README.md")]
pub mod readme {}

#[doc = include_str!("../../docs/ARCHITECTURE.md")]
pub mod architecture {}

#[doc = include_str!("../../docs/LIMITS.md")]
pub mod limits {}

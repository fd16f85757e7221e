//! The documentation pages outside the code, so that their examples are compiled and run.

#[doc = include_str!("../../README.md")]
pub mod readme {}

#[doc = include_str!("../../docs/ARCHITECTURE.md")]
pub mod architecture {}

#[doc = include_str!("../../docs/LIMITS.md")]
pub mod limits {}

#[doc = include_str!("../../docs/COMPARE.md")]
pub mod compare {}

#[doc = include_str!("../../docs/SECURITY.md")]
pub mod security {}

#[doc = include_str!("../../docs/CONTRIBUTING.md")]
pub mod contributing {}

#[doc = include_str!("../../docs/CHANGELOG.md")]
pub mod changelog {}

#[doc = include_str!("../../docs/GUARANTEES.md")]
pub mod guarantees {}

#[doc = include_str!("../../docs/BENCHMARKS.md")]
pub mod benchmarks {}

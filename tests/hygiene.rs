//! Generated code works everywhere: under every lint, without a prelude, with names that shadow those of std and the
//! runtime, and with the runtime renamed.
#![no_implicit_prelude]
#![forbid(unsafe_code)]
#![deny(warnings, missing_docs, unreachable_pub, unused_qualifications, unused_lifetimes, single_use_lifetimes)]
#![deny(clippy::all, clippy::pedantic, clippy::indexing_slicing, clippy::panic)]

extern crate state_core as renamed;
extern crate std;

#[path = "hygiene/around.rs"]
mod around;
#[path = "hygiene/attributes.rs"]
pub mod attributes;
#[path = "hygiene/macros.rs"]
mod macros;
#[path = "hygiene/names.rs"]
mod names;
#[path = "hygiene/shadowed.rs"]
mod shadowed;

/// Dumps, loads and restores a value, and compares.
#[track_caller]
fn comes_back<T>(value: &T, mut other: T)
where
    T: renamed::RestoreOwned + std::cmp::PartialEq + std::fmt::Debug,
{
    let bytes = renamed::dumps(value).unwrap();
    std::assert_eq!(&renamed::loads::<T>(&bytes).unwrap(), value);
    renamed::load_into(&bytes, &mut other).unwrap();
    std::assert_eq!(&other, value);
    renamed::check::<T>(&bytes).unwrap();
}

//! How types of other crates take part, one file a crate, each behind a feature of its name.

#[cfg(feature = "serde")]
mod cbor;
#[cfg_attr(not(feature = "serde"), path = "serde_off.rs")]
pub mod serde;

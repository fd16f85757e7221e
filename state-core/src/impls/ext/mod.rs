//! How types of other crates take part, one file a crate, each behind a feature of its name.

#[cfg(feature = "serde")]
mod cbor;
#[cfg(feature = "chrono")]
mod chrono;
#[cfg(feature = "ndarray")]
mod ndarray;
#[cfg(feature = "num-bigint")]
mod num_bigint;
#[cfg_attr(not(feature = "serde"), path = "serde_off.rs")]
pub mod serde;
#[cfg(feature = "uuid")]
mod uuid;

//! Takes the state of live Rust objects out, and puts it back: as native bytes, in place, or as a dynamic tuple.
//!
//! See the README for a first look; [`State`] for what a type promises, [`image`] for the native format.

#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]
// Cursors and parts of heads are cut by constants that the optimiser only sees once everything is in one place. Where
// nothing is optimised, it would only make the frames of recursive types large: hence the condition at each.
#![allow(clippy::inline_always)]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

// So that the examples in the documentation and the derive's paths mean this crate here too.
extern crate self as state_core;

#[doc(hidden)]
pub mod __private;
pub mod error;
pub mod evolve;
pub mod history;
pub mod image;
mod impls;
mod inspect;
#[cfg(feature = "pickle")]
pub mod pickle;
mod pointee;
mod protocol;
#[cfg(feature = "pyo3")]
pub mod python;
pub mod raw;
pub mod schema;
mod standard;
pub mod state;
pub mod value;
mod walk;

pub use error::{Error, ErrorKind, Result};
pub use evolve::{Older, SchemaHistory, loads_upgraded, upgrade};
pub use history::History;
pub use image::{Options, check, dump_into, dumps, load_into, loads};
pub use inspect::Inspection;
pub use raw::Record;
pub use state::{Object, Outcome, Restore, RestoreOwned, State};
pub use value::{StateExt, Value, from_value, to_value};

#[cfg(feature = "derive")]
pub use state_derive::{Record, State};

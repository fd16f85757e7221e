//! The runtime of `state`.
#![allow(missing_docs, reason = "a stand-in for the real traits")]

pub use state_derive::{Record, State};

pub trait State {}
pub trait Restore<'de>: State {}
pub trait Object: State {}
pub trait Record {}

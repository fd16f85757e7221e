//! Values whose memory is their image: the proof, and what is done by it. All `unsafe` code of the crate is here, in
//! `text.rs` and in the mapping of files.

mod proof;
mod runs;
mod short;

pub use proof::{Exact, Image};
pub(crate) use proof::{Mode, run_mode};
pub(crate) use runs::{array, boxed, bytes_of, bytes_of_mut, extend, overwrite, push_each, view};
pub(crate) use short::{SHORT, assign, copy, to_string};

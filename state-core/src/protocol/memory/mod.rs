//! Values whose memory is their image: the proof, and the operations that rely on it. All `unsafe` code of the protocol
//! is here and in `text.rs`.

mod proof;
mod runs;
mod short;

pub use proof::{Exact, Image};
pub(crate) use proof::{Mode, run_mode};
pub(crate) use runs::{array, boxed, bytes_of, bytes_of_mut, extend, overwrite, push_each, view};
pub(crate) use short::{SHORT, assign, copy, to_string};

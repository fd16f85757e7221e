//! Encoding: [`Size`] counts what an image needs, [`Writer`] fills that space.

mod size;
mod writer;

pub use size::Size;
pub(crate) use size::{too_deep, total};
pub use writer::Writer;
pub(crate) use writer::changed;

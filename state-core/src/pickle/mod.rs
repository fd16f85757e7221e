//! The `pickle` door: states as CPython's pickles, protocols 0 to 5, both ways.

mod decode;
mod opcode;
mod options;
mod protocol;

pub use options::{Options, Strings, Surrogates};
pub use protocol::Protocol;

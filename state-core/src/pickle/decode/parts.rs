//! What a pickle consists of once its opcodes have run.

use super::arena::{Arena, Id};
use super::effects::Effects;
use super::shares::Shares;
use super::strings::Strings;

#[derive(Debug)]
pub(super) struct Parts<'a> {
    pub input: &'a [u8],
    pub arena: Arena,
    pub strings: Strings,
    pub shares: Shares,
    /// The calls made only for their side effects.
    pub effects: Effects,
    pub root: Id,
    /// The length of the pickle; more bytes may follow.
    pub len: usize,
    /// The number of out-of-band buffers that it uses.
    pub buffers: u32,
    /// Whether names are those of Python 2.
    pub old_names: bool,
    pub extensions: &'static [(u32, &'static str)],
    /// Whether values keep the identity of text and numbers too.
    pub shares_all: bool,
}

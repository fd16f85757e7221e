//! What a pickle consists of, once its opcodes have run.

use super::arena::{Arena, Id};
use super::effects::Effects;
use super::shares::Shares;
use super::strings::Strings;

/// What a pickle consists of.
#[derive(Debug)]
pub(super) struct Parts<'a> {
    pub input: &'a [u8],
    pub arena: Arena,
    pub strings: Strings,
    pub shares: Shares,
    /// What was called for nothing but what it does.
    pub effects: Effects,
    pub root: Id,
    /// How many bytes the pickle takes; others may follow.
    pub len: usize,
    /// How many buffers out of band it asks for.
    pub buffers: u32,
    /// Whether names are those of Python 2.
    pub old_names: bool,
    pub extensions: &'static [(u32, &'static str)],
    /// Whether values keep the identity of text and numbers too.
    pub shares_all: bool,
}

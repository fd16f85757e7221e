//! What is learned of the rows of a plan: their values, and the bytes between them.

use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use core::mem::size_of;

/// The number of rows that are learned without any later row matching, after which no more are learned: where PUT
/// opcodes contain the number of their memo entry, no two rows are the same.
const MOST_MISSES: u32 = 8;

/// What was learned of the rows of a plan.
#[derive(Default)]
pub(in crate::pickle::decode::fast) struct Learned {
    pub fields: RefCell<Vec<Field>>,
    /// The smallest size of the memo for which `fields` hold: every entry that they get is below it.
    pub from: Cell<usize>,
    /// How many times a row was learned since one last matched.
    pub misses: Cell<u32>,
}

/// A value, and the bytes before it.
pub(in crate::pickle::decode::fast) struct Field {
    pub before: u128,
    /// The bits of a block that `before` covers.
    pub mask: u128,
    pub len: u8,
    /// How many opcodes among them put something in the memo.
    pub puts: u8,
    /// The operation that reads the value; `None` for the bytes after the last value.
    pub op: Option<u32>,
}

/// A position in the pickle, and the size of the memo there.
pub(in crate::pickle::decode::fast) type Mark = (usize, usize);

impl Learned {
    /// Returns whether rows differ too often.
    pub fn is_of_no_use(&self) -> bool {
        self.misses.get() >= MOST_MISSES
    }
}

impl Field {
    /// Returns `None` if the bytes do not fit into a block.
    pub fn new(op: Option<u32>, (from, had): Mark, (to, has): Mark, input: &[u8]) -> Option<Self> {
        let bytes = input.get(from..to)?;
        let mut before = [0; size_of::<u128>()];
        before.get_mut(..bytes.len())?.copy_from_slice(bytes);
        let mask = u128::MAX.checked_shr(u128::BITS - 8 * bytes.len() as u32).unwrap_or(0);
        // Each put is an opcode among at most 16 bytes, so the casts are lossless.
        let (len, puts) = (bytes.len() as u8, has.checked_sub(had)? as u8);
        Some(Self { before: u128::from_le_bytes(before), mask, len, puts, op })
    }
}

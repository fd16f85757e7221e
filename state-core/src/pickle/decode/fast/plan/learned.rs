//! What is learned of the rows of a plan: their values, and the bytes before each of them.

use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use core::mem::size_of;

/// After so many rows in vain, with none in between that was as the one before, no more is learned: where what is put in the
/// memo has a number, no two rows are the same.
const MOST_MISSES: u32 = 8;

/// What was learned of the rows of a plan.
#[derive(Default)]
pub(in crate::pickle::decode::fast) struct Learned {
    pub fields: RefCell<Vec<Field>>,
    /// It holds from so many parts in the memo on, among which are all that it gets from there.
    pub from: Cell<usize>,
    /// How often it was learned anew since a row was as the one before.
    pub misses: Cell<u32>,
}

/// A value, and what stands before it.
pub(in crate::pickle::decode::fast) struct Field {
    pub before: u128,
    /// The bits of a block that belong to it.
    pub mask: u128,
    pub len: u8,
    /// How many of the bytes put something in the memo.
    pub puts: u8,
    /// The operation that reads the value; none behind the last of them.
    pub op: Option<u32>,
}

/// A place in the pickle, and how much was in the memo there.
pub(in crate::pickle::decode::fast) type Mark = (usize, usize);

impl Learned {
    /// Whether rows differ too often.
    pub fn is_of_no_use(&self) -> bool {
        self.misses.get() >= MOST_MISSES
    }
}

impl Field {
    /// What is long has no field.
    pub fn new(op: Option<u32>, (from, had): Mark, (to, has): Mark, input: &[u8]) -> Option<Self> {
        let bytes = input.get(from..to)?;
        let mut before = [0; size_of::<u128>()];
        before.get_mut(..bytes.len())?.copy_from_slice(bytes);
        let mask = u128::MAX.checked_shr(u128::BITS - 8 * bytes.len() as u32).unwrap_or(0);
        // Each of the puts is an opcode among so few bytes.
        let (len, puts) = (bytes.len() as u8, has.checked_sub(had)? as u8);
        Some(Self { before: u128::from_le_bytes(before), mask, len, puts, op })
    }
}

//! The parts that are referenced more than once: a bit for each place that was fetched from the memo, or duplicated on
//! the stack.

use alloc::vec::Vec;

use super::arena::Id;

/// Two sets of places, leaves and nodes.
#[derive(Debug, Default)]
pub(super) struct Shares {
    leaves: Bits,
    nodes: Bits,
}

impl Shares {
    #[inline]
    pub fn note(&mut self, id: Id) {
        match (id.offset(), id.place()) {
            (Some(offset), _) => self.leaves.insert(offset),
            (_, Some(place)) => self.nodes.insert(place as usize),
            _ => {}
        }
    }

    pub fn contains(&self, id: Id) -> bool {
        match (id.offset(), id.place()) {
            (Some(offset), _) => self.leaves.contains(offset),
            (_, Some(place)) => self.nodes.contains(place as usize),
            _ => false,
        }
    }
}

/// A set of numbers, as bits.
#[derive(Debug, Default)]
pub(super) struct Bits {
    words: Vec<u64>,
}

impl Bits {
    #[inline]
    pub fn insert(&mut self, at: usize) {
        if at / 64 >= self.words.len() {
            self.grow(at / 64 + 1);
        }
        if let Some(word) = self.words.get_mut(at / 64) {
            *word |= 1 << (at % 64);
        }
    }

    #[cold]
    fn grow(&mut self, len: usize) {
        // A quarter more, which bounds both the copies and the unused memory.
        self.words.reserve_exact(len + len / 4 - self.words.len());
        self.words.resize(len, 0);
    }

    pub fn contains(&self, at: usize) -> bool {
        self.words.get(at / 64).is_some_and(|word| word >> (at % 64) & 1 == 1)
    }
}

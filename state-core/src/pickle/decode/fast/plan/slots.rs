//! The slots of an object that are in another order than in the head.

use alloc::vec::Vec;
use core::cell::OnceCell;

use super::Placed;

/// The slots of an object, in the order in which they are expected in the pickle.
pub(in crate::pickle::decode::fast) struct Slots {
    pub slots: Vec<SlotOf>,
    /// Whether they are the second item of a pair whose first item would be a `__dict__`.
    pub is_pair: bool,
}

pub(in crate::pickle::decode::fast) struct SlotOf {
    pub placed: Placed,
    /// Its index in the order of the head.
    pub order: usize,
    pub plan: OnceCell<u32>,
}

impl Slots {
    pub fn new(slots: &[Placed], is_pair: bool) -> Self {
        let slot = |(order, &placed): (usize, &Placed)| SlotOf { placed, order, plan: OnceCell::new() };
        Self { slots: slots.iter().enumerate().map(slot).collect(), is_pair }
    }

    /// Sorts the slots by name.
    pub fn sort(&mut self) {
        self.slots.sort_by_key(|slot| &*slot.placed.0.name);
    }
}

//! The slots of an object that are in another order than in the head.

use alloc::vec::Vec;
use core::cell::OnceCell;

use super::Placed;
use crate::order::order;

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

impl SlotOf {
    fn new(slots: &[Placed], order: usize) -> Self {
        Self { placed: slots[order], order, plan: OnceCell::new() }
    }
}

impl Slots {
    pub fn new(slots: &[Placed], is_pair: bool) -> Self {
        Self { slots: (0..slots.len()).map(|order| SlotOf::new(slots, order)).collect(), is_pair }
    }

    /// The slots in the order of their names.
    pub fn by_name(slots: &[Placed]) -> Self {
        let order = order(slots.len(), &|a, b| slots[a].0.name.cmp(&slots[b].0.name));
        Self { slots: order.into_iter().map(|order| SlotOf::new(slots, order)).collect(), is_pair: false }
    }
}

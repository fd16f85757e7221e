//! The plans of a pickle, each made when it is first needed.

use alloc::rc::Rc;
use alloc::vec::Vec;
use core::ptr;

use super::Plan;
use super::planner::Planner;
use crate::schema::{Schema, Slot};

/// The plans of a pickle, by number.
#[derive(Default)]
pub(in crate::pickle::decode::fast) struct Plans {
    entries: Vec<(Of, Option<Rc<Plan>>)>,
    /// Whether the pickle has the tuples and objects of protocols 0 and 1, and the lists and dicts of protocol 0.
    pub is_old: bool,
    pub is_text: bool,
}

/// What a plan reads.
#[derive(Clone, Copy)]
pub(in crate::pickle::decode::fast) enum Of {
    Value(&'static Schema),
    /// A key and its value.
    Entry(&'static Schema, &'static Schema),
    /// A slot that is pickled by its name.
    Named(&'static Slot),
    /// The slots of a variant.
    Slots(&'static [Slot]),
}

impl Of {
    fn is(self, other: Self) -> bool {
        match (self, other) {
            (Self::Value(one), Self::Value(other)) => ptr::eq(one, other),
            (Self::Entry(key, value), Self::Entry(other, of_other)) => ptr::eq(key, other) && ptr::eq(value, of_other),
            // Callers look up each of the others once.
            _ => false,
        }
    }
}

impl Plans {
    pub fn of(&mut self, of: Of) -> u32 {
        let known = self.entries.iter().position(|(known, _)| known.is(of));
        let number = known.unwrap_or_else(|| {
            self.entries.push((of, None));
            self.entries.len() - 1
        });
        number as u32
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn get(&mut self, number: u32) -> Option<Rc<Plan>> {
        match &self.entries.get(number as usize)?.1 {
            Some(plan) => Some(Rc::clone(plan)),
            None => self.make(number),
        }
    }

    #[cold]
    fn make(&mut self, number: u32) -> Option<Rc<Plan>> {
        let (of, _) = *self.entries.get(number as usize)?;
        let mut planner = Planner::new(self);
        let head = match of {
            Of::Value(schema) => planner.whole(schema, 0)?,
            Of::Entry(key, value) => {
                let at = planner.whole(key, 0)?;
                planner.whole(value, at)?
            }
            Of::Named(slot) => planner.slot(slot, 0, true)?,
            Of::Slots(slots) => slots.iter().try_fold(0, |at, slot| planner.slot(slot, at, false))?,
        };
        let plan = Rc::new(planner.plan(head));
        self.entries.get_mut(number as usize)?.1 = Some(Rc::clone(&plan));
        Some(plan)
    }
}

//! The steps for the slots of a value, in the order of the present form. The data outside the older head is in the
//! order of the older form: it is skipped as far as needed to find where that of a slot begins, and each beginning that
//! is needed later is marked.

use alloc::vec::Vec;

use super::op::{Behind, Segment, SlotStep, Slots};
use super::raws::joined;
use crate::places::Places;

/// The steps while they are put in order.
pub(super) struct Order {
    pub heads: Vec<Segment>,
    pub steps: Vec<SlotStep>,
    /// The older slots with data outside the head, and whether each is still to be made.
    behind: Vec<(Behind, bool)>,
    /// The slot whose data begins at the current place; after the last, the number of slots.
    here: usize,
    /// The marked slots, each with the number of its mark.
    marks: Places,
}

impl Order {
    /// Starts with these older slots, of which those with the indices in `made` become present ones.
    pub fn new(behind: Vec<Behind>, made: impl Iterator<Item = usize>) -> Self {
        let mut behind: Vec<(Behind, bool)> = behind.into_iter().map(|behind| (behind, false)).collect();
        for number in made {
            behind[number].1 = true;
        }
        Self { heads: Vec::new(), steps: Vec::new(), behind, here: 0, marks: Places::default() }
    }

    /// Moves to the data of a slot, and past it, because making the slot reads it.
    pub fn makes(&mut self, number: usize) -> Behind {
        self.goes(number);
        self.here = number + 1;
        let (behind, open) = &mut self.behind[number];
        *open = false;
        *behind
    }

    /// Copies the data of an unchanged slot; it is not skipped over if its end is marked.
    pub fn copies(&mut self, number: usize) {
        let behind = self.makes(number);
        match (self.marks.get([self.here, 0]), self.steps.last_mut()) {
            (Some(mark), _) => self.steps.push(SlotStep::Copy(mark)),
            (None, Some(SlotStep::Same(before))) => before.push(behind),
            (None, _) => self.steps.push(SlotStep::Same(alloc::vec![behind])),
        }
    }

    /// Moves past all older data.
    pub fn finish(mut self) -> Slots {
        self.goes(self.behind.len());
        Slots { heads: joined(self.heads), steps: self.steps.into() }
    }

    /// Marks the current place.
    fn mark(&mut self) {
        self.marks.set([self.here, 0], self.marks.len());
    }

    /// Returns the last marked place up to another, with the number of its mark.
    fn nearest(&self, to: usize) -> Option<(usize, usize)> {
        self.marks.nearest([to, 0]).map(|([place, _], mark)| (place, mark))
    }

    fn goes(&mut self, to: usize) {
        let nearest = self.nearest(to);
        if let Some((place, mark)) = nearest.filter(|(place, _)| self.here > to || *place > self.here) {
            // The farthest place is marked, so that all later ones can be reached from it.
            if self.nearest(usize::MAX).is_none_or(|(farthest, _)| farthest < self.here) {
                self.mark();
                self.steps.push(SlotStep::Mark);
            }
            self.steps.push(SlotStep::Seek(mark));
            self.here = place;
        }
        while self.here < to {
            let (behind, open) = self.behind[self.here];
            let marks = open && self.marks.get([self.here, 0]).is_none();
            if marks {
                self.mark();
            }
            self.steps.push(SlotStep::Skip(behind, marks));
            self.here += 1;
        }
    }
}

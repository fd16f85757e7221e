//! What is done for the slots of a value, in the order of ours. What lies behind those of theirs lies in their order: it is
//! gone over as far as needed to find where that of a slot begins, and each beginning that is needed later is marked.

use alloc::vec::Vec;

use super::op::{Behind, Segment, SlotStep, Slots};
use super::raws::joined;
use crate::schema::places::Places;

/// The steps as they are put in order.
pub(super) struct Order {
    pub heads: Vec<Segment>,
    pub steps: Vec<SlotStep>,
    /// The slots of theirs with something behind them, and whether it is still to be made.
    behind: Vec<(Behind, bool)>,
    /// The place among them that has been reached; after the last it is their number.
    here: usize,
    /// The marked places, each with its number.
    marks: Places,
}

impl Order {
    /// Of such slots of theirs, of which those by these numbers are made.
    pub fn new(behind: Vec<Behind>, made: impl Iterator<Item = usize>) -> Self {
        let mut behind: Vec<(Behind, bool)> = behind.into_iter().map(|behind| (behind, false)).collect();
        for number in made {
            behind[number].1 = true;
        }
        Self { heads: Vec::new(), steps: Vec::new(), behind, here: 0, marks: Places::default() }
    }

    /// Goes to what lies behind a slot, and beyond it once that is made.
    pub fn makes(&mut self, number: usize) -> Behind {
        self.goes(number);
        self.here = number + 1;
        let (behind, open) = &mut self.behind[number];
        *open = false;
        *behind
    }

    /// The same of a slot that is the same; it is not gone over where its end is known.
    pub fn copies(&mut self, number: usize) {
        let behind = self.makes(number);
        match (self.marks.get([self.here, 0]), self.steps.last_mut()) {
            (Some(mark), _) => self.steps.push(SlotStep::Copy(mark)),
            (None, Some(SlotStep::Same(before))) => before.push(behind),
            (None, _) => self.steps.push(SlotStep::Same(alloc::vec![behind])),
        }
    }

    /// Goes beyond all of theirs.
    pub fn finish(mut self) -> Slots {
        self.goes(self.behind.len());
        Slots { heads: joined(self.heads), steps: self.steps.into() }
    }

    /// Marks the place that has been reached.
    fn mark(&mut self) {
        self.marks.set([self.here, 0], self.marks.len());
    }

    /// The last marked place up to another, with its number.
    fn nearest(&self, to: usize) -> Option<(usize, usize)> {
        self.marks.nearest([to, 0]).map(|([place, _], mark)| (place, mark))
    }

    fn goes(&mut self, to: usize) {
        let nearest = self.nearest(to);
        if let Some((place, mark)) = nearest.filter(|(place, _)| self.here > to || *place > self.here) {
            // From the place farthest on, all others are reached.
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

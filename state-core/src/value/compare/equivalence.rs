//! Which shared values were found equal so far: classes of their places, because a comparison may reach the same values
//! again.

use alloc::vec::Vec;

use crate::places::Table;
use crate::value::Value;

/// While two values are compared, they are assumed to be equal; if they are not, the comparison ends anyway. So each
/// class is entered once, and the comparison of values that contain themselves ends.
#[derive(Default)]
pub(in crate::value) struct Classes {
    /// The next place on the path to the representative of the class, and the length of the longest path to this place.
    next: Table<(usize, u32)>,
    log: Vec<Change>,
}

enum Change {
    Added(usize),
    Joined(usize),
}

impl Classes {
    /// Returns whether two values were compared before, or are being compared, and records that they are.
    ///
    /// Only shared values can be reached again, so nothing is recorded for others.
    pub(in crate::value) fn are_known(&mut self, a: &Value, b: &Value) -> bool {
        if a.as_shared().is_none() && b.as_shared().is_none() {
            return false;
        }
        let place = |value: &Value| core::ptr::from_ref(value.see()) as usize;
        self.join(place(a), place(b))
    }

    fn join(&mut self, a: usize, b: usize) -> bool {
        if a == b {
            // A value that contains a NaN does not equal itself, so it must be compared once.
            return !self.add(a);
        }
        self.add(a);
        self.add(b);
        let ((a, length_a), (b, length_b)) = (self.find(a), self.find(b));
        if a == b {
            return true;
        }
        let (below, above) = if length_a <= length_b { (a, b) } else { (b, a) };
        self.next.set([below, 0], (above, length_a.min(length_b)));
        self.next.set([above, 0], (above, length_a.max(length_b) + u32::from(length_a == length_b)));
        self.log.push(Change::Joined(below));
        false
    }

    fn add(&mut self, place: usize) -> bool {
        let is_new = !self.next.has([place, 0]);
        if is_new {
            self.next.set([place, 0], (place, 0));
            self.log.push(Change::Added(place));
        }
        is_new
    }

    fn find(&self, mut place: usize) -> (usize, u32) {
        loop {
            match self.next.get([place, 0]) {
                Some(&(next, _)) if next != place => place = next,
                found => return (place, found.map_or(0, |&(_, length)| length)),
            }
        }
    }

    /// Returns a point to which [`undo`](Self::undo) can return.
    pub(in crate::value) fn mark(&self) -> usize {
        self.log.len()
    }

    pub(in crate::value) fn undo(&mut self, mark: usize) {
        while self.log.len() > mark {
            match self.log.pop() {
                Some(Change::Added(place)) => self.next.remove([place, 0]),
                Some(Change::Joined(place)) => {
                    if let Some((next, _)) = self.next.get_mut([place, 0]) {
                        *next = place;
                    }
                }
                None => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::value::compare::equivalence::Classes;

    #[test]
    fn equality_is_carried_on() {
        let mut classes = Classes::default();
        assert!(!classes.join(1, 2));
        assert!(!classes.join(3, 2));
        assert!(classes.join(1, 3));
        assert!(!classes.join(1, 4));
        assert!(!classes.join(5, 5));
        assert!(classes.join(5, 5));
    }

    #[test]
    fn what_is_undone_is_not_known() {
        let mut classes = Classes::default();
        classes.join(1, 2);
        let mark = classes.mark();
        classes.join(2, 3);
        classes.join(4, 4);
        classes.undo(mark);
        assert!(classes.join(1, 2));
        assert!(!classes.join(4, 4));
        assert!(!classes.join(1, 3));
    }
}

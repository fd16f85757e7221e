//! Which shared values were found equal so far: classes of places, as a comparison meets the same values again.

use alloc::{collections::BTreeMap, vec::Vec};

use crate::value::Value;

/// While two values are compared, those on the way are taken to be equal; if they are not, the comparison ends with
/// that anyway. So each class is entered once, and values that contain themselves come to an end.
#[derive(Default)]
pub(in crate::value) struct Classes {
    /// The next place on the way to the one that stands for the class, and the greatest length of such ways.
    next: BTreeMap<usize, (usize, u32)>,
    log: Vec<Change>,
}

enum Change {
    Added(usize),
    Joined(usize),
}

impl Classes {
    /// Whether two values were compared before, or are being compared. From now on they were.
    ///
    /// Only what is shared can come again, so that of other values nothing is noted.
    pub(in crate::value) fn are_known(&mut self, a: &Value, b: &Value) -> bool {
        if a.as_shared().is_none() && b.as_shared().is_none() {
            return false;
        }
        let place = |value: &Value| core::ptr::from_ref(value.see()) as usize;
        self.join(place(a), place(b))
    }

    fn join(&mut self, a: usize, b: usize) -> bool {
        if a == b {
            // A value with a NaN in it does not equal itself: it has to be looked at once.
            return !self.add(a);
        }
        self.add(a);
        self.add(b);
        let ((a, length_a), (b, length_b)) = (self.find(a), self.find(b));
        if a == b {
            return true;
        }
        let (below, above) = if length_a <= length_b { (a, b) } else { (b, a) };
        self.next.insert(below, (above, length_a.min(length_b)));
        self.next.insert(above, (above, length_a.max(length_b) + u32::from(length_a == length_b)));
        self.log.push(Change::Joined(below));
        false
    }

    fn add(&mut self, place: usize) -> bool {
        let is_new = !self.next.contains_key(&place);
        if is_new {
            self.next.insert(place, (place, 0));
            self.log.push(Change::Added(place));
        }
        is_new
    }

    fn find(&self, mut place: usize) -> (usize, u32) {
        loop {
            match self.next.get(&place) {
                Some(&(next, _)) if next != place => place = next,
                found => return (place, found.map_or(0, |&(_, length)| length)),
            }
        }
    }

    /// A point to which [`undo`](Self::undo) can go back.
    pub(in crate::value) fn mark(&self) -> usize {
        self.log.len()
    }

    pub(in crate::value) fn undo(&mut self, mark: usize) {
        while self.log.len() > mark {
            match self.log.pop() {
                Some(Change::Added(place)) => drop(self.next.remove(&place)),
                Some(Change::Joined(place)) => {
                    if let Some((next, _)) = self.next.get_mut(&place) {
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

//! Sorting that is compiled once: each further type of items would add five kilobytes to a program.

use alloc::vec::Vec;
use core::cmp::Ordering;

/// Returns the indices of `count` items in the order of the items; of equal items, the first comes first.
pub(crate) fn order(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|&one, &other| compare(one, other));
    order
}

/// Returns the items in their order; equal ones as they were.
pub(crate) fn sorted<T: Copy>(items: &[T], compare: impl Fn(&T, &T) -> Ordering) -> Vec<T> {
    let order = order(items.len(), &|one, other| compare(&items[one], &items[other]));
    order.into_iter().map(|at| items[at]).collect()
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::{order, sorted};

    #[test]
    fn equal_items_keep_their_order() {
        let items: Vec<(u8, usize)> = (0..100).map(|at| (b"cabaca"[at % 6], at)).collect();
        let mut expected = items.clone();
        expected.sort_by_key(|item| item.0);
        assert_eq!(sorted(&items, |one, other| one.0.cmp(&other.0)), expected);
        assert_eq!(order(3, &|one, other| other.cmp(&one)), [2, 1, 0]);
        assert!(sorted(&[0_u8; 0], Ord::cmp).is_empty());
    }
}

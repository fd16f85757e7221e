//! Equality of values, without recursion. Sets and dicts take little time if their orders agree, and O(n log n)
//! otherwise. Each shared value is compared once.

use alloc::{vec, vec::Vec};
use core::{
    iter::{StepBy, Zip},
    slice,
};

use crate::value::compare::equivalence::Classes;
use crate::value::compare::hash::Numbers;
use crate::value::compare::leaf::same_leaf;
use crate::value::node::{Head, Node};
use crate::value::{Dict, List, Object, Persistent, Set, Tuple, Value, Variant};

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self.node(), other.node()) {
            (Some(a), Some(b)) => same(a, b),
            (None, None) => same_leaf(self, other),
            _ => false,
        }
    }
}

macro_rules! same_node {
    ($($Type:ident)*) => {$(
        impl PartialEq for $Type {
            fn eq(&self, other: &Self) -> bool {
                same(self.node(), other.node())
            }
        }
    )*};
}

same_node!(Tuple List Dict Set Object Variant Persistent);

pub(in crate::value) fn same(a: Node<'_>, b: Node<'_>) -> bool {
    let mut comparison = Comparison { classes: Classes::default(), numbers: Numbers::default(), orders_differ: false };
    match comparison.enter(a, b, Sets::InAnyOrder) {
        Some(pairs) => comparison.all_equal(pairs, Sets::InAnyOrder),
        None => false,
    }
}

/// How sets and dicts are compared.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sets {
    InAnyOrder,
    /// As if they were lists.
    InOrder,
}

/// Pairs of values to be compared.
enum Pairs<'a> {
    InOrder(Zip<StepBy<slice::Iter<'a, Value>>, StepBy<slice::Iter<'a, Value>>>),
    Matched(vec::IntoIter<(&'a Value, &'a Value)>),
}

impl<'a> Pairs<'a> {
    fn none() -> Self {
        Self::Matched(Vec::new().into_iter())
    }

    fn every(a: &'a [Value], b: &'a [Value], step: usize) -> Self {
        Self::InOrder(a.iter().step_by(step).zip(b.iter().step_by(step)))
    }

    fn next(&mut self) -> Option<(&'a Value, &'a Value)> {
        match self {
            Self::InOrder(pairs) => pairs.next(),
            Self::Matched(pairs) => pairs.next(),
        }
    }
}

struct Comparison<'a> {
    classes: Classes,
    numbers: Numbers<'a>,
    /// Whether keys were once found in different orders. Comparing them in order is then not tried again, because each
    /// attempt may look at all of them in vain.
    orders_differ: bool,
}

impl<'a> Comparison<'a> {
    fn all_equal(&mut self, pairs: Pairs<'a>, sets: Sets) -> bool {
        let mut open = vec![pairs];
        while let Some(last) = open.last_mut() {
            let Some((a, b)) = last.next() else {
                open.pop();
                continue;
            };
            if self.classes.are_known(a, b) {
                continue;
            }
            match (a.node(), b.node()) {
                (None, None) if same_leaf(a, b) => {}
                (Some(a), Some(b)) => match self.enter(a, b, sets) {
                    Some(pairs) => open.push(pairs),
                    None => return false,
                },
                _ => return false,
            }
        }
        true
    }

    /// Returns what remains to be compared for two containers to be equal; `None` if they are not.
    fn enter(&mut self, a: Node<'a>, b: Node<'a>, sets: Sets) -> Option<Pairs<'a>> {
        if a.head != b.head || a.children.len() != b.children.len() {
            return None;
        }
        if !a.head.is_unordered() || sets == Sets::InOrder || a.children.is_empty() {
            return Some(Pairs::every(a.children, b.children, 1));
        }
        // The keys of a dict, or the items of a set.
        let step = if a.head == Head::Dict { 2 } else { 1 };
        if self.have_one_order(Pairs::every(a.children, b.children, step)) {
            return Some(if step == 2 { Pairs::every(&a.children[1..], &b.children[1..], 2) } else { Pairs::none() });
        }
        self.match_keys(a.children, b.children, step)
    }

    fn have_one_order(&mut self, keys: Pairs<'a>) -> bool {
        if self.orders_differ {
            return false;
        }
        let mark = self.classes.mark();
        let have_one_order = self.all_equal(keys, Sets::InOrder);
        if !have_one_order {
            self.classes.undo(mark);
            self.orders_differ = true;
        }
        have_one_order
    }

    /// Returns the values of equal keys, which remain to be compared.
    fn match_keys(&mut self, a: &'a [Value], b: &'a [Value], step: usize) -> Option<Pairs<'a>> {
        let (a, b) = (self.sorted(a, step), self.sorted(b, step));
        if a.iter().map(|(number, _)| number).ne(b.iter().map(|(number, _)| number)) {
            return None;
        }
        if step == 1 {
            return Some(Pairs::none());
        }
        let values = a.iter().zip(&b).filter_map(|((_, a), (_, b))| a.last().zip(b.last()));
        Some(Pairs::Matched(values.collect::<Vec<_>>().into_iter()))
    }

    /// Sorts items or entries by the numbers of their keys; entries with the same key keep their order.
    fn sorted(&mut self, children: &'a [Value], step: usize) -> Vec<(usize, &'a [Value])> {
        let number = |entry: &'a [Value]| (self.numbers.number(&entry[0]), entry);
        let mut entries: Vec<_> = children.chunks(step).map(number).collect();
        entries.sort_by_key(|(number, _)| *number);
        entries
    }
}

#[cfg(test)]
mod tests {
    use crate::value::compare::equal::{Dict, Set, Value};

    #[test]
    fn dicts_are_matched_by_whole_pairs() {
        assert_ne!(Dict::from_iter([(1, 2), (3, 4)]), Dict::from_iter([(3, 2), (1, 4)]));
        assert_eq!(Dict::from_iter([(1, 2), (3, 4)]), Dict::from_iter([(3, 4), (1, 2)]));
    }

    #[test]
    fn a_key_that_comes_twice_has_its_values_in_order() {
        assert_eq!(Dict::from_iter([(1, 2), (0, 0), (1, 3)]), Dict::from_iter([(0, 0), (1, 2), (1, 3)]));
        assert_ne!(Dict::from_iter([(1, 2), (0, 0), (1, 3)]), Dict::from_iter([(0, 0), (1, 3), (1, 2)]));
        assert_ne!(Dict::from_iter([(1, 2), (1, 3)]), Dict::from_iter([(1, 3), (1, 2)]));
    }

    #[test]
    fn orders_that_differ_are_met_at_every_depth() {
        let inner = |keys: [i32; 2]| Value::from(Dict::from_iter(keys.map(|key| ((key, "k"), key))));
        let outer = |keys: [i32; 2]| Dict::from_iter(keys.map(|key| (key, inner(keys))));
        assert_eq!(outer([1, 2]), outer([2, 1]));
        let sets = |keys: [i32; 2]| Set::from(keys.map(|key| (inner(keys), key)));
        assert_eq!(sets([1, 2]), sets([2, 1]));
        assert_ne!(sets([1, 2]), sets([2, 3]));
    }
}

//! Numbers for values, with which the items of sets and the keys of dicts are matched in any order.

use crate::places::{Places, Table};
use alloc::{collections::BTreeMap, vec::Vec};
use core::{mem, slice};

use crate::value::Value;
use crate::value::compare::leaf::Leaf;
use crate::value::node::{Head, Node};

/// A value whose children are represented by their numbers.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Key<'a> {
    Leaf(Leaf<'a>),
    Node(Head<'a>, Vec<usize>),
    /// A reference to an enclosing value, by its place.
    Within(usize),
}

/// Gives equal values equal numbers and others different ones, from the leaves up, so that each value is visited once,
/// however deeply it is nested. The children of a set or dict are sorted by their numbers.
///
/// An enclosing value to which something inside refers is represented by its place: of such values, two that are equal
/// but not the same have different numbers.
#[derive(Default)]
pub(in crate::value) struct Numbers<'a> {
    known: BTreeMap<Key<'a>, usize>,
    given: usize,
    /// The numbers of shared values, by place; `None` while their children are being numbered.
    shared: Table<Option<usize>>,
    /// The numbers of values that contain a NaN, and so equal nothing, not even themselves.
    unequal: Places,
}

/// A container whose children are being numbered.
struct Unfinished<'a> {
    head: Head<'a>,
    rest: slice::Iter<'a, Value>,
    numbers: Vec<usize>,
    /// The place of the container, if it is shared.
    place: Option<usize>,
}

impl<'a> Unfinished<'a> {
    fn new(node: Node<'a>, place: Option<usize>) -> Self {
        let numbers = Vec::with_capacity(node.children.len());
        Self { head: node.head, rest: node.children.iter(), numbers, place }
    }

    fn into_key(mut self) -> Key<'a> {
        match self.head {
            Head::Set | Head::FrozenSet => self.numbers.sort_unstable(),
            Head::Dict => {
                let mut pairs: Vec<_> = self.numbers.chunks_exact(2).collect();
                pairs.sort_unstable();
                self.numbers = pairs.concat();
            }
            Head::Tuple | Head::List | Head::Object(_) | Head::Parts(_) | Head::Variant(..) | Head::Persistent => {}
        }
        Key::Node(self.head, self.numbers)
    }
}

/// The first step for a value: its number, or its children.
enum Start<'a> {
    Number(usize),
    Children(Unfinished<'a>),
}

impl<'a> Numbers<'a> {
    pub(in crate::value) fn number(&mut self, value: &'a Value) -> usize {
        let mut open = Vec::new();
        let mut current = match self.start(value) {
            Start::Number(number) => return number,
            Start::Children(children) => children,
        };
        loop {
            if let Some(child) = current.rest.next() {
                match self.start(child) {
                    Start::Number(number) => current.numbers.push(number),
                    Start::Children(children) => open.push(mem::replace(&mut current, children)),
                }
                continue;
            }
            let number = self.finish(current);
            let Some(parent) = open.pop() else {
                return number;
            };
            current = parent;
            current.numbers.push(number);
        }
    }

    fn start(&mut self, value: &'a Value) -> Start<'a> {
        let place = value.as_shared().map(|shared| core::ptr::from_ref(shared.get()) as usize);
        if let Some(place) = place {
            match self.shared.get([place, 0]) {
                Some(Some(number)) if self.unequal.get([*number, 0]).is_some() => return Start::Number(self.fresh()),
                Some(Some(number)) => return Start::Number(*number),
                Some(None) => return Start::Number(self.of(Key::Within(place))),
                None => {}
            }
        }
        if let Some(node) = value.node() {
            if let Some(place) = place {
                self.shared.set([place, 0], None);
            }
            return Start::Children(Unfinished::new(node, place));
        }
        Start::Number(match Leaf::new(value) {
            Some(leaf) => self.of(Key::Leaf(leaf)),
            None => self.fresh(),
        })
    }

    fn finish(&mut self, done: Unfinished<'a>) -> usize {
        let place = done.place;
        let is_unequal =
            !self.unequal.is_empty() && done.numbers.iter().any(|number| self.unequal.get([*number, 0]).is_some());
        let number = if is_unequal { self.fresh() } else { self.of(done.into_key()) };
        if let Some(place) = place {
            self.shared.set([place, 0], Some(number));
        }
        number
    }

    /// Returns the number for this key.
    fn of(&mut self, key: Key<'a>) -> usize {
        let fresh = self.given;
        let number = *self.known.entry(key).or_insert(fresh);
        self.given += usize::from(number == fresh);
        number
    }

    /// Returns a new number, for a value that equals nothing.
    fn fresh(&mut self) -> usize {
        let fresh = self.given;
        self.given += 1;
        self.unequal.meet([fresh, 0]);
        fresh
    }
}

#[cfg(test)]
mod tests {
    use crate::value::compare::hash::{Numbers, Value};
    use crate::value::{Set, Shared};

    #[test]
    fn equal_values_share_a_number() {
        let a = Value::from(Set::from_iter([Value::from((1, "a")), Value::from(2.5)]));
        let b = Value::from(Set::from_iter([Value::from(2.5), Value::from((1, "a"))]));
        let mut numbers = Numbers::default();
        assert_eq!(numbers.number(&a), numbers.number(&b));
        assert_eq!(numbers.given, 5);
    }

    #[test]
    fn a_nan_is_new_each_time() {
        let set = Value::from(Set::from([f64::NAN, -0.0]));
        let mut numbers = Numbers::default();
        assert_ne!(numbers.number(&set), numbers.number(&set));
        let shared = Value::from(Shared::new(set.clone()));
        assert_ne!(numbers.number(&shared), numbers.number(&shared));
        let [a, b] = [0.0, -0.0].map(|zero| Value::from(Set::from([zero])));
        assert_eq!(numbers.number(&a), numbers.number(&b));
    }

    #[test]
    fn what_is_shared_is_looked_at_once() {
        let mut value = Value::from(1);
        for _ in 0..100 {
            let shared = Shared::new(value);
            value = Set::from([(1, shared.clone()), (2, shared)]).into();
        }
        let mut numbers = Numbers::default();
        numbers.number(&value);
        assert!(numbers.given < 1000);
    }
}

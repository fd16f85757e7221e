//! Equality between values, without recursion. Sets and dicts cost little while their orders agree, and
//! O(n log n) where they do not.

use alloc::{collections::BTreeMap, vec::Vec};
use core::{iter::Zip, mem, slice};

use super::{
    Array, Dict, Int, List, Name, Object, Persistent, Set, Surrogates, Tuple, Value, Variant,
    node::{Head, Node},
};

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

pub(super) fn same(a: Node<'_>, b: Node<'_>) -> bool {
    same_unless_settled(a, b, |a, b| {
        a.head.is_unordered().then(|| same_unless_settled(a, b, |_, _| None) || same_in_any_order(a, b))
    })
}

type Pairs<'a> = Zip<slice::Iter<'a, Value>, slice::Iter<'a, Value>>;

/// Compares two containers child by child. `settle` may decide about two containers as a whole, which are then not
/// entered.
fn same_unless_settled(a: Node<'_>, b: Node<'_>, settle: fn(Node, Node) -> Option<bool>) -> bool {
    let mut open: Vec<Pairs<'_>> = Vec::new();
    let (mut a, mut b) = (a, b);
    loop {
        if a.head != b.head || a.children.len() != b.children.len() {
            return false;
        }
        match settle(a, b) {
            Some(false) => return false,
            Some(true) => {}
            None => open.push(a.children.iter().zip(b.children)),
        }
        (a, b) = match next_nodes(&mut open) {
            Ok(nodes) => nodes,
            Err(same) => return same,
        };
    }
}

/// Goes on to the next two containers that face each other. `Err` is the answer if it comes before that.
fn next_nodes<'a>(open: &mut Vec<Pairs<'a>>) -> Result<(Node<'a>, Node<'a>), bool> {
    while let Some(pairs) = open.last_mut() {
        match pairs.next() {
            Some((a, b)) => match (a.node(), b.node()) {
                (Some(a), Some(b)) => return Ok((a, b)),
                (None, None) if same_leaf(a, b) => {}
                _ => return Err(false),
            },
            None => {
                open.pop();
            }
        }
    }
    Err(true)
}

fn same_leaf(a: &Value, b: &Value) -> bool {
    Leaf::new(a).is_some_and(|a| Leaf::new(b) == Some(a))
}

/// A leaf in a form with a total order, in which equal leaves are equal.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Leaf<'a> {
    None,
    Bool(bool),
    Int(&'a Int),
    Float(u64),
    Str(&'a str),
    Bytes(&'a [u8]),
    Complex(u64, u64),
    Surrogates(&'a Surrogates),
    ByteArray(&'a [u8]),
    Array(&'a Array),
    Global(&'a Name),
}

impl<'a> Leaf<'a> {
    /// `None` for what equals nothing, not even itself: a NaN. Containers are not asked.
    fn new(value: &'a Value) -> Option<Self> {
        // Adding zero makes a positive zero of a negative one.
        let float = |number: f64| (!number.is_nan()).then(|| (number + 0.0).to_bits());
        Some(match value.see() {
            Value::None => Self::None,
            Value::Bool(truth) => Self::Bool(*truth),
            Value::Int(number) => Self::Int(number),
            Value::Float(number) => Self::Float(float(*number)?),
            Value::Complex(number) => Self::Complex(float(number.re)?, float(number.im)?),
            Value::Str(text) => Self::Str(text),
            Value::Surrogates(text) => Self::Surrogates(text),
            Value::Bytes(bytes) => Self::Bytes(bytes),
            Value::ByteArray(bytes) => Self::ByteArray(bytes),
            Value::Array(array) => Self::Array(array),
            Value::Global(name) => Self::Global(name),
            Value::Tuple(_)
            | Value::List(_)
            | Value::Dict(_)
            | Value::Set(_)
            | Value::FrozenSet(_)
            | Value::Object(_)
            | Value::Variant(_)
            | Value::Persistent(_)
            | Value::Shared(_) => return None,
        })
    }
}

fn same_in_any_order(a: Node<'_>, b: Node<'_>) -> bool {
    let mut numbers = Numbers::default();
    numbers.number(a) == numbers.number(b)
}

/// What a value is, when its children are known by their numbers.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Key<'a> {
    Leaf(Leaf<'a>),
    Node(Head<'a>, Vec<usize>),
}

/// Gives equal values equal numbers and others different ones, from the leaves up, so that each value is looked at
/// once however deep it lies. The children of a set or dict are put in the order of their numbers.
#[derive(Default)]
struct Numbers<'a> {
    known: BTreeMap<Key<'a>, usize>,
    given: usize,
}

/// A container whose children are being numbered.
struct Unfinished<'a> {
    head: Head<'a>,
    rest: slice::Iter<'a, Value>,
    numbers: Vec<usize>,
}

impl<'a> Unfinished<'a> {
    fn new(node: Node<'a>) -> Self {
        Self { head: node.head, rest: node.children.iter(), numbers: Vec::with_capacity(node.children.len()) }
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

impl<'a> Numbers<'a> {
    fn number(&mut self, node: Node<'a>) -> usize {
        let mut open = Vec::new();
        let mut current = Unfinished::new(node);
        loop {
            let Some(child) = current.rest.next() else {
                let number = self.of(Some(current.into_key()));
                let Some(parent) = open.pop() else {
                    return number;
                };
                current = parent;
                current.numbers.push(number);
                continue;
            };
            if let Some(node) = child.node() {
                open.push(mem::replace(&mut current, Unfinished::new(node)));
            } else {
                let key = Leaf::new(child).map(Key::Leaf);
                current.numbers.push(self.of(key));
            }
        }
    }

    /// The number of what has this key, or a new one for what has none and so equals nothing.
    fn of(&mut self, key: Option<Key<'a>>) -> usize {
        let fresh = self.given;
        let number = match key {
            Some(key) => *self.known.entry(key).or_insert(fresh),
            None => fresh,
        };
        if number == fresh {
            self.given += 1;
        }
        number
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::{Dict, Numbers, Set, Value, same_in_any_order};

    #[test]
    fn equal_values_share_a_number() {
        let a = Set::from_iter([Value::from((1, "a")), Value::from(2.5)]);
        let b = Set::from_iter([Value::from(2.5), Value::from((1, "a"))]);
        let mut numbers = Numbers::default();
        assert_eq!(numbers.number(a.node()), numbers.number(b.node()));
        assert_eq!(numbers.given, 5);
    }

    #[test]
    fn dicts_are_matched_by_whole_pairs() {
        let a = Dict::from_iter([(1, 2), (3, 4)]);
        let b = Dict::from_iter([(3, 2), (1, 4)]);
        assert!(!same_in_any_order(a.node(), b.node()));
    }

    #[test]
    fn a_nan_is_new_each_time() {
        let set: Set = [f64::NAN, -0.0].into_iter().collect();
        assert!(!same_in_any_order(set.node(), set.node()));
        let zeros: Vec<Set> = [0.0, -0.0].map(|zero| Set::from([zero])).into();
        assert!(same_in_any_order(zeros[0].node(), zeros[1].node()));
    }
}

//! The order of values of one kind, without recursion. Each shared value is compared once.

use alloc::vec::Vec;
use core::{cmp::Ordering, slice};

use crate::value::compare::equal::same;
use crate::value::compare::equivalence::Classes;
use crate::value::node::{Head, Node};
use crate::value::{List, Tuple, Value};

impl PartialOrd for Value {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        match (self.node(), other.node()) {
            (Some(a), Some(b)) => order(a, b),
            (None, None) => leaf_order(self, other),
            _ => None,
        }
    }
}

/// By the first slots that differ, and then by length.
impl PartialOrd for Tuple {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        order(self.node(), other.node())
    }
}

/// By the first items that differ, and then by length.
impl PartialOrd for List {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        order(self.node(), other.node())
    }
}

fn leaf_order(a: &Value, b: &Value) -> Option<Ordering> {
    match (a.see(), b.see()) {
        (Value::None, Value::None) => Some(Ordering::Equal),
        (Value::Bool(a), Value::Bool(b)) => a.partial_cmp(b),
        (Value::Int(a), Value::Int(b)) => a.partial_cmp(b),
        (Value::Float(a), Value::Float(b)) => a.partial_cmp(b),
        (Value::Str(a), Value::Str(b)) => a.partial_cmp(b),
        (Value::Surrogates(a), Value::Surrogates(b)) => a.partial_cmp(b),
        (Value::Bytes(a), Value::Bytes(b)) | (Value::ByteArray(a), Value::ByteArray(b)) => a.partial_cmp(b),
        (Value::Complex(a), Value::Complex(b)) => (a == b).then_some(Ordering::Equal),
        (Value::Array(a), Value::Array(b)) => (a == b).then_some(Ordering::Equal),
        (Value::Global(a), Value::Global(b)) => (a == b).then_some(Ordering::Equal),
        _ => None,
    }
}

type Open<'a> = Vec<(slice::Iter<'a, Value>, slice::Iter<'a, Value>)>;

fn order(a: Node<'_>, b: Node<'_>) -> Option<Ordering> {
    let mut open = Open::new();
    let mut classes = Classes::default();
    let mut found = enter(&mut open, a, b);
    while found == Some(Ordering::Equal) {
        let Some((a, b)) = open.last_mut() else {
            return found;
        };
        found = match (a.next(), b.next()) {
            (Some(a), Some(b)) if classes.are_known(a, b) => found,
            (Some(a), Some(b)) => match (a.node(), b.node()) {
                (Some(a), Some(b)) => enter(&mut open, a, b),
                (None, None) => leaf_order(a, b),
                _ => None,
            },
            (Some(_), None) => Some(Ordering::Greater),
            (None, Some(_)) => Some(Ordering::Less),
            (None, None) => {
                open.pop();
                found
            }
        };
    }
    found
}

/// Opens two sequences, which are equal so far. Other containers are equal or unordered.
fn enter<'a>(open: &mut Open<'a>, a: Node<'a>, b: Node<'a>) -> Option<Ordering> {
    match (a.head, b.head) {
        (Head::Tuple, Head::Tuple) | (Head::List, Head::List) => {
            open.push((a.children.iter(), b.children.iter()));
            Some(Ordering::Equal)
        }
        _ => same(a, b).then_some(Ordering::Equal),
    }
}

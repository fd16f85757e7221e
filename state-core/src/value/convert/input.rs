//! A value on the way into the image of a type, and what may come of it: what is shared is put in as often as it is
//! referenced, so that a short value can stand for more than there is room or time for.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use core::{ptr, slice};

use crate::error::{Error, ErrorKind};
use crate::value::Value;
use crate::value::kinds::dict::Pairs;
use crate::value::kinds::named::NamedValue;

/// What shared values may come to, in sizes of all there is, beyond what is free.
const TIMES: u64 = 8;

/// So much may come of any value; only beyond it is counted what there is.
const FREE: u64 = 1 << 20;

/// What may still come of a value: its parts, and the bytes of text and arrays among them.
pub(in crate::value) struct Budget<'v> {
    roots: &'v [Value],
    left: Cell<u64>,
    is_counted: Cell<bool>,
    /// Of the bytes of raw arrays that were read, by their values, what the elements were.
    elements: RefCell<BTreeMap<*const Value, &'v Arc<str>>>,
}

impl<'v> Budget<'v> {
    pub fn new(roots: &'v [Value]) -> Self {
        Self { roots, left: Cell::new(FREE), is_counted: Cell::new(false), elements: RefCell::default() }
    }

    /// Takes from it; `None` once it is spent.
    pub fn spend(&self, amount: usize) -> Option<()> {
        let amount = amount as u64;
        if self.left.get() < amount && !self.is_counted.replace(true) {
            self.left.set(self.left.get().saturating_add(count(self.roots).saturating_mul(TIMES)));
        }
        let left = self.left.get().checked_sub(amount);
        self.left.set(left.unwrap_or(0));
        left.map(drop)
    }

    /// The error that filling an image ended with, or, where that is but the end of this, why.
    pub fn explain(&self, error: Error) -> Error {
        if !self.is_counted.get() || self.left.get() > 0 {
            return error;
        }
        let expected = format!("shared values that come to at most {TIMES} times what there is");
        Error::new(ErrorKind::Length, expected, "more")
    }
}

/// The parts of values and the bytes in them, each of what is shared once.
fn count(roots: &[Value]) -> u64 {
    let (mut seen, mut open, mut total) = (BTreeSet::new(), Vec::from([roots]), 0_u64);
    while let Some(values) = open.pop() {
        for value in values {
            let value = match value {
                Value::Shared(shared) if !seen.insert(ptr::from_ref(shared.get())) => continue,
                value => value.see(),
            };
            let bytes = match value {
                Value::Str(text) => text.len(),
                Value::Bytes(bytes) | Value::ByteArray(bytes) => bytes.len(),
                Value::Array(array) => array.bytes().len(),
                Value::Int(number) => number.bits() / 8,
                _ => 0,
            };
            total = total.saturating_add(bytes as u64 + 1);
            open.extend(value.own_children());
        }
    }
    total
}

impl Value {
    /// Its parts and the bytes in them, each of what is shared once.
    #[cfg(feature = "pickle")]
    pub(crate) fn extent(&self) -> u64 {
        count(slice::from_ref(self))
    }
}

/// A value, or a part of one. It is handed on at every level, so it is no larger than two words: what few values have
/// stands in the budget.
#[derive(Clone, Copy)]
pub(in crate::value) struct Given<'v> {
    pub value: &'v Value,
    pub budget: &'v Budget<'v>,
}

impl<'v> Given<'v> {
    pub fn new(value: &'v Value, budget: &'v Budget<'v>) -> Self {
        Self { value, budget }
    }

    /// What tells it from others, if it is shared.
    pub fn place(self) -> Option<usize> {
        self.value.as_shared().map(|_| ptr::from_ref(self.see()) as usize)
    }

    /// What it is, seen through what is shared.
    pub fn see(self) -> &'v Value {
        self.value.see()
    }

    /// Some of its parts.
    pub fn each(self, values: &'v [Value]) -> Option<Items<'v>> {
        self.budget.spend(values.len() + 1)?;
        Some(Items { values: values.iter(), budget: self.budget })
    }

    /// Of the bytes of a raw array that were read, what its elements were.
    pub fn elements(self) -> Option<&'v Arc<str>> {
        self.budget.elements.borrow().get(&ptr::from_ref(self.value)).copied()
    }

    /// The value of a slot, by its name.
    pub fn named(slot: NamedValue<'v>, budget: &'v Budget<'v>) -> (&'v str, Self) {
        if let Some(elements) = slot.elements {
            budget.elements.borrow_mut().insert(slot.value, elements);
        }
        (slot.name, Self::new(slot.value, budget))
    }

    /// Some of its parts, by name.
    pub fn each_named(self, named: impl Iterator<Item = NamedValue<'v>>) -> Option<Vec<(&'v str, Self)>> {
        let named: Vec<_> = named.map(|slot| Self::named(slot, self.budget)).collect();
        self.budget.spend(named.len() + 1)?;
        Some(named)
    }

    /// Entries of it.
    pub fn pairs(self, pairs: Pairs<'v>) -> Option<Entries<'v>> {
        self.budget.spend(2 * pairs.len() + 1)?;
        Some(Entries { pairs, budget: self.budget })
    }
}

/// The items of a value.
#[derive(Clone)]
pub(in crate::value) struct Items<'v> {
    values: slice::Iter<'v, Value>,
    budget: &'v Budget<'v>,
}

impl<'v> Items<'v> {
    pub fn new(values: &'v [Value], budget: &'v Budget<'v>) -> Self {
        Self { values: values.iter(), budget }
    }
}

impl<'v> Iterator for Items<'v> {
    type Item = Given<'v>;

    fn next(&mut self) -> Option<Given<'v>> {
        self.values.next().map(|value| Given::new(value, self.budget))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.values.size_hint()
    }
}

impl ExactSizeIterator for Items<'_> {}

/// The entries of a value.
pub(in crate::value) struct Entries<'v> {
    pairs: Pairs<'v>,
    budget: &'v Budget<'v>,
}

impl<'v> Iterator for Entries<'v> {
    type Item = (Given<'v>, Given<'v>);

    fn next(&mut self) -> Option<Self::Item> {
        let given = |value| Given::new(value, self.budget);
        self.pairs.next().map(|(key, value)| (given(key), given(value)))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.pairs.size_hint()
    }
}

impl ExactSizeIterator for Entries<'_> {}

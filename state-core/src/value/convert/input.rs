//! Values that are read into the image of a type, and a limit on the result: a shared value is read each time that it
//! is referenced, so a short value can stand for more than there is memory or time for.

use crate::places::{Places, Table, address};
use alloc::format;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use core::{ptr, slice};

use crate::error::{Error, ErrorKind};
use crate::value::Value;
use crate::value::kinds::dict::Pairs;
use crate::value::kinds::named::NamedValue;

/// The limit on expanded shared values beyond [`FREE`], as a multiple of the size of all values.
const TIMES: u64 = 8;

/// The limit for values of any size; the values are counted only if they expand beyond it.
const FREE: u64 = 1 << 20;

/// What may still be read: the number of parts, and of bytes in text and arrays.
pub(in crate::value) struct Budget<'v> {
    roots: &'v [Value],
    left: Cell<u64>,
    is_counted: Cell<bool>,
    /// The element types of raw arrays that were read, by the values with their bytes.
    elements: RefCell<Table<&'v Arc<str>>>,
}

impl<'v> Budget<'v> {
    pub fn new(roots: &'v [Value]) -> Self {
        Self { roots, left: Cell::new(FREE), is_counted: Cell::new(false), elements: RefCell::default() }
    }

    /// Spends `amount`; `None` if the budget does not suffice.
    pub fn spend(&self, amount: usize) -> Option<()> {
        let amount = amount as u64;
        if self.left.get() < amount && !self.is_counted.replace(true) {
            self.left.set(self.left.get().saturating_add(count(self.roots).saturating_mul(TIMES)));
        }
        let left = self.left.get().checked_sub(amount);
        self.left.set(left.unwrap_or(0));
        left.map(drop)
    }

    /// Returns the error that filling an image ended with, or the reason if the budget was spent.
    pub fn explain(&self, error: Error) -> Error {
        if !self.is_counted.get() || self.left.get() > 0 {
            return error;
        }
        let expected = format!("shared values that come to at most {TIMES} times what there is");
        Error::new(ErrorKind::Length, expected, "more")
    }
}

/// Counts the parts of values and the bytes in them, each shared value once.
fn count(roots: &[Value]) -> u64 {
    let (mut seen, mut open, mut total) = (Places::default(), Vec::from([roots]), 0_u64);
    while let Some(values) = open.pop() {
        for value in values {
            let value = match value {
                Value::Shared(shared) if !seen.meet(address(shared.get())) => continue,
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
    /// Counts the parts and the bytes in them, each shared value once.
    #[cfg(feature = "pickle")]
    pub(crate) fn extent(&self) -> u64 {
        count(slice::from_ref(self))
    }
}

/// A value, or a part of one. It is passed at every level, so it has only two words: data that few values have is in
/// the budget.
#[derive(Clone, Copy)]
pub(in crate::value) struct Given<'v> {
    pub value: &'v Value,
    pub budget: &'v Budget<'v>,
}

impl<'v> Given<'v> {
    pub fn new(value: &'v Value, budget: &'v Budget<'v>) -> Self {
        Self { value, budget }
    }

    /// An identity of the value, if it is shared.
    pub fn place(self) -> Option<usize> {
        self.value.as_shared().map(|_| ptr::from_ref(self.see()) as usize)
    }

    /// Returns the value, or the one that it refers to.
    pub fn see(self) -> &'v Value {
        self.value.see()
    }

    /// Returns some of the value's parts.
    pub fn each(self, values: &'v [Value]) -> Option<Items<'v>> {
        self.budget.spend(values.len() + 1)?;
        Some(Items { values: values.iter(), budget: self.budget })
    }

    /// The element type of a raw array, if the value is the bytes of one that was read.
    pub fn elements(self) -> Option<&'v Arc<str>> {
        self.budget.elements.borrow().get(address(self.value)).copied()
    }

    /// Returns a slot's name and value.
    pub fn named(slot: NamedValue<'v>, budget: &'v Budget<'v>) -> (&'v str, Self) {
        if let Some(elements) = slot.elements {
            budget.elements.borrow_mut().set(address(slot.value), elements);
        }
        (slot.name, Self::new(slot.value, budget))
    }

    /// Returns some of the value's parts by name.
    pub fn each_named(self, named: impl Iterator<Item = NamedValue<'v>>) -> Option<Vec<(&'v str, Self)>> {
        let named: Vec<_> = named.map(|slot| Self::named(slot, self.budget)).collect();
        self.budget.spend(named.len() + 1)?;
        Some(named)
    }

    /// Returns entries of the value.
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

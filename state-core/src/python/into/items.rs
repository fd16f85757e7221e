//! Iterators over the parts of a tuple or dict. This file holds `unsafe` code.

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::python::into::keep::Keep;
use crate::python::into::slot::Slot;
use crate::walk::Decoder;

/// The items of a tuple.
#[derive(Clone)]
pub struct Items<'v, 'py> {
    tuple: Borrowed<'v, 'py, PyTuple>,
    next: usize,
    end: usize,
    keep: &'v Keep<'py>,
}

impl<'v, 'py> Items<'v, 'py> {
    /// Some of the items of a tuple.
    pub fn of(tuple: Borrowed<'v, 'py, PyTuple>, range: core::ops::Range<usize>, keep: &'v Keep<'py>) -> Self {
        let end = range.end.min(tuple.len());
        Self { tuple, next: range.start.min(end), end, keep }
    }

    /// Splits off the next `count` items, or as many as there are.
    pub fn split(&mut self, count: usize) -> Self {
        let middle = self.next.saturating_add(count).min(self.end);
        let front = Self { end: middle, ..self.clone() };
        self.next = middle;
        front
    }

    pub fn py(&self) -> Python<'py> {
        self.keep.py()
    }

    pub fn final_slot(&self) -> Option<Slot<'v, 'py>> {
        self.clone().nth((self.end - self.next).checked_sub(1)?)
    }

    pub fn drop_final(&mut self) {
        self.end = self.next.max(self.end.saturating_sub(1));
    }

    /// Takes all items that are left, as one tuple.
    pub fn rest(&mut self) -> Slot<'v, 'py> {
        let rest = self.tuple.get_slice(self.next, self.end);
        self.next = self.end;
        Slot::new(self.keep.keep(rest.into_any()), self.keep)
    }
}

impl<'v, 'py> Iterator for Items<'v, 'py> {
    type Item = Slot<'v, 'py>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.next == self.end {
            return None;
        }
        // SAFETY: a tuple, and an index below its length.
        let item = unsafe { ffi::PyTuple_GetItem(self.tuple.as_ptr(), self.next as ffi::Py_ssize_t) };
        self.next += 1;
        // SAFETY: a tuple keeps its items, and itself lives for `'v`; null is handled.
        let object = unsafe { Borrowed::from_ptr_or_opt(self.keep.py(), item) }?;
        Some(Slot::new(object, self.keep))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.end - self.next, Some(self.end - self.next))
    }
}

impl ExactSizeIterator for Items<'_, '_> {}

/// The entries of a dict, as a tuple of pairs.
pub struct Entries<'v, 'py>(pub Items<'v, 'py>);

impl<'v, 'py> Iterator for Entries<'v, 'py> {
    type Item = (Slot<'v, 'py>, Slot<'v, 'py>);

    fn next(&mut self) -> Option<Self::Item> {
        let mut pair = self.0.next()?.items()?;
        Some((pair.next()?, pair.next()?))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl ExactSizeIterator for Entries<'_, '_> {}

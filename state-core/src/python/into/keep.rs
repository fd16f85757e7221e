//! Objects that are made while a state is read, and must live until that ends. This file holds `unsafe` code.

use std::cell::RefCell;
use std::vec::Vec;

use pyo3::prelude::*;

/// Keeps objects alive. The references that it lends live as long as it does.
pub struct Keep<'py> {
    py: Python<'py>,
    /// Objects are only added while it lends.
    kept: RefCell<Vec<Bound<'py, PyAny>>>,
}

impl<'py> Keep<'py> {
    pub fn new(py: Python<'py>) -> Self {
        Self { py, kept: RefCell::new(Vec::new()) }
    }

    pub fn py(&self) -> Python<'py> {
        self.py
    }

    pub fn keep<'v>(&'v self, object: Bound<'py, PyAny>) -> Borrowed<'v, 'py, PyAny> {
        let pointer = object.as_ptr();
        self.kept.borrow_mut().push(object);
        // SAFETY: the list holds a reference to the object, nothing is removed from it before it is dropped, and it is
        // borrowed for `'v`; `'py` says that the thread is attached.
        unsafe { Borrowed::from_ptr(self.py, pointer) }
    }
}

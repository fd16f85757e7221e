//! Objects that are made, and exceptions that are caught, while a state is read. This file holds `unsafe` code.

use std::cell::RefCell;
use std::vec::Vec;

use pyo3::exceptions::PyException;
use pyo3::prelude::*;

/// Keeps objects alive until a state is read. The references that it lends live as long as it does.
pub struct Keep<'py> {
    py: Python<'py>,
    /// Objects are only added while it lends.
    kept: RefCell<Vec<Bound<'py, PyAny>>>,
    /// The last exception of an object's own method, because of which its value was not accepted.
    caught: RefCell<Option<PyErr>>,
}

impl<'py> Keep<'py> {
    pub fn new(py: Python<'py>) -> Self {
        Self { py, kept: RefCell::new(Vec::new()), caught: RefCell::new(None) }
    }

    pub fn py(&self) -> Python<'py> {
        self.py
    }

    /// Returns what a method of an object returned, or keeps its exception.
    pub fn catch<T>(&self, result: PyResult<T>) -> Option<T> {
        result
            .map_err(|error| {
                let before = self.caught.replace(Some(error));
                // Nothing else tells of an interruption.
                if before.as_ref().is_some_and(|before| self.interrupts(before)) {
                    self.caught.replace(before);
                }
            })
            .ok()
    }

    /// As [`catch`](Self::catch), where an exception means nothing unless it interrupts the program.
    pub fn attempt<T>(&self, result: PyResult<T>) -> Option<T> {
        match result {
            Err(error) if !self.interrupts(&error) => None,
            result => self.catch(result),
        }
    }

    /// Whether an exception asks the program to stop, as `KeyboardInterrupt` does.
    fn interrupts(&self, error: &PyErr) -> bool {
        !error.is_instance_of::<PyException>(self.py)
    }

    /// The error for a state that was refused: what was caught is its cause, or raised instead if it interrupts.
    pub fn told<T>(&self, result: PyResult<T>) -> PyResult<T> {
        result.map_err(|error| match self.caught.take() {
            Some(caught) if self.interrupts(&caught) => caught,
            Some(caught) => {
                error.set_cause(self.py, Some(caught));
                error
            }
            None => error,
        })
    }

    pub fn keep<'v>(&'v self, object: Bound<'py, PyAny>) -> Borrowed<'v, 'py, PyAny> {
        let pointer = object.as_ptr();
        self.kept.borrow_mut().push(object);
        // SAFETY: the list holds a reference to the object, nothing is removed from it before it is dropped, and it is
        // borrowed for `'v`; `'py` says that the thread is attached.
        unsafe { Borrowed::from_ptr(self.py, pointer) }
    }
}

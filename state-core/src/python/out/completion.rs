//! The state for an author's `__setstate__` in a cycle, where the object was made with empty slots.

use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::python::class::form::Form;

/// It is pickled, and copied, as the call of a form that fills the object and returns the state.
#[pyclass(frozen, name = "Completion", module = "state_core")]
pub struct Completion {
    pub form: Py<Form>,
    pub object: Py<PyAny>,
    /// What the derived `__setstate__` accepts.
    pub slots: Py<PyTuple>,
    /// What that of the author is given.
    pub state: Py<PyAny>,
}

impl Completion {
    /// Fills another object instead, and returns what its `__setstate__` is given.
    pub fn fill<'py>(&self, object: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.form.bind(object.py()).call1((object, &self.slots, &self.state))
    }
}

#[pymethods]
impl Completion {
    fn __reduce__(&self, py: Python<'_>) -> (Py<Form>, (Py<PyAny>, Py<PyTuple>, Py<PyAny>)) {
        (self.form.clone_ref(py), (self.object.clone_ref(py), self.slots.clone_ref(py), self.state.clone_ref(py)))
    }
}

//! Classes with some pickle methods written by hand.

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyTuple, PyType};
use state_core::State;
use state_core::python::picklable;

pub fn add(module: &Bound<'_, PyModule>) -> PyResult<()> {
    picklable::<OwnReduce>(module)?;
    picklable::<OwnGet>(module)?;
    picklable::<OwnSet>(module)?;
    picklable::<Account>(module)?;
    picklable::<Keyed>(module)?;
    picklable::<Listed>(module)?;
    picklable::<Named>(module)?;
    picklable::<Small>(module)?;
    module.add_function(wrap_pyfunction!(register_taken, module)?)?;
    module.add_function(wrap_pyfunction!(register_dict, module)?)
}

/// Pickles the owner and the entries, but never the password.
#[pyclass(module = "zoo", get_all, set_all, subclass)]
#[derive(State)]
struct Account {
    owner: String,
    password: String,
    #[state(bytes)]
    entries: Vec<u64>,
}

#[pymethods]
impl Account {
    #[new]
    fn new(owner: String, password: String, entries: Vec<u64>) -> PyResult<Self> {
        if password.is_empty() {
            return Err(pyo3::exceptions::PyRuntimeError::new_err("constructors run"));
        }
        Ok(Self { owner, password, entries })
    }

    fn __getstate__<'py>(&self, py: Python<'py>) -> (String, Bound<'py, PyBytes>) {
        let bytes: Vec<u8> = self.entries.iter().flat_map(|entry| entry.to_le_bytes()).collect();
        (self.owner.clone(), PyBytes::new(py, &bytes))
    }

    fn __setstate__(&mut self, state: (String, Vec<u8>)) {
        let (owner, entries) = state;
        self.owner = owner;
        self.entries = entries
            .chunks_exact(8)
            .map(|entry| entry.iter().rev().fold(0, |all, &byte| all << 8 | u64::from(byte)))
            .collect();
    }
}

/// Has a slot without an empty value, and returns the arguments for `__new__`.
#[pyclass(module = "zoo", get_all, set_all, subclass)]
#[derive(State)]
struct Keyed {
    key: Py<PyDict>,
    value: u8,
}

#[pymethods]
impl Keyed {
    #[new]
    fn new(key: Py<PyDict>) -> Self {
        Self { key, value: 0 }
    }

    fn __getnewargs__(&self, py: Python<'_>) -> (Py<PyDict>,) {
        (self.key.clone_ref(py),)
    }

    fn __getstate__(&self) -> u8 {
        self.value
    }

    fn __setstate__(&mut self, value: u8) {
        self.value = value;
    }
}

/// Its `__getstate__` returns a dict of some slots.
#[pyclass(module = "zoo", get_all, set_all, subclass)]
#[derive(State)]
struct Listed {
    name: String,
    secret: String,
}

#[pymethods]
impl Listed {
    #[new]
    fn new(name: String, secret: String) -> Self {
        Self { name, secret }
    }

    fn __getstate__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let state = PyDict::new(py);
        state.set_item("name", &self.name)?;
        Ok(state)
    }
}

/// Has its own methods with the names that older pickles refer to.
#[pyclass(module = "zoo", get_all)]
#[derive(State)]
struct Named {
    value: u8,
}

#[pymethods]
impl Named {
    #[new]
    fn new(value: u8) -> Self {
        Self { value }
    }

    #[staticmethod]
    fn _from_state() -> &'static str {
        "the author's"
    }

    fn _from_slots(&self) -> u8 {
        self.value
    }
}

#[pyclass(module = "zoo", get_all, subclass)]
#[derive(State)]
struct Small {
    value: u8,
}

#[pymethods]
impl Small {
    #[new]
    fn new(value: u8) -> Self {
        Self { value }
    }
}

#[pyclass(module = "zoo")]
#[derive(State)]
struct Taken {
    value: u8,
}

#[pymethods]
impl Taken {
    #[staticmethod]
    fn __form__() {}
}

#[pyfunction]
#[pyo3(pass_module)]
fn register_taken(module: &Bound<'_, PyModule>) -> PyResult<()> {
    picklable::<Taken>(module)
}

#[pyclass(module = "zoo")]
#[derive(State)]
#[state(pickle = "dict")]
struct InDict {
    value: u8,
}

#[pyfunction]
#[pyo3(pass_module)]
fn register_dict(module: &Bound<'_, PyModule>) -> PyResult<()> {
    picklable::<InDict>(module)
}

#[pyclass(module = "zoo", get_all)]
#[derive(State)]
struct OwnReduce {
    value: u8,
}

#[pymethods]
impl OwnReduce {
    #[new]
    fn new(value: u8) -> Self {
        Self { value }
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> (Bound<'py, PyType>, (u8,)) {
        (slf.get_type(), (slf.borrow().value + 100,))
    }
}

#[pyclass(module = "zoo", get_all, set_all, subclass)]
#[derive(State)]
struct OwnGet {
    name: String,
    secret: String,
}

#[pymethods]
impl OwnGet {
    #[new]
    fn new(name: String, secret: String) -> Self {
        Self { name, secret }
    }

    fn __getstate__(&self) -> (String, String) {
        (self.name.clone(), "-".into())
    }
}

#[pyclass(module = "zoo", get_all, set_all)]
#[derive(State)]
struct OwnSet {
    name: String,
    #[state(skip)]
    log: Vec<String>,
}

#[pymethods]
impl OwnSet {
    #[new]
    fn new(name: String) -> Self {
        Self { name, log: Vec::new() }
    }

    fn __setstate__(&mut self, state: &Bound<'_, PyTuple>) -> PyResult<()> {
        self.log.push(format!("set {}", state.get_item(0)?.extract::<String>()?));
        Ok(())
    }
}

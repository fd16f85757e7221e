//! Classes whose author has written some of the methods.

use pyo3::prelude::*;
use pyo3::types::{PyTuple, PyType};
use state_core::State;
use state_core::python::picklable;

pub fn add(module: &Bound<'_, PyModule>) -> PyResult<()> {
    picklable::<OwnReduce>(module)?;
    picklable::<OwnGet>(module)?;
    picklable::<OwnSet>(module)
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

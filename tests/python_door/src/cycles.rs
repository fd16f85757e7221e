//! Classes whose fields are objects of Python.

use std::collections::BTreeMap;

use pyo3::prelude::*;
use pyo3::types::PyList;
use state_core::State;
use state_core::python::picklable;

use crate::plain::Person;

pub fn add(module: &Bound<'_, PyModule>) -> PyResult<()> {
    picklable::<Node>(module)?;
    picklable::<Child>(module)?;
    picklable::<FrozenNode>(module)?;
    picklable::<Team>(module)
}

#[pyclass(module = "zoo", subclass, get_all, set_all)]
#[derive(State)]
struct Node {
    name: String,
    next: Option<Py<Node>>,
    children: Vec<Py<Child>>,
    named: BTreeMap<String, Py<Node>>,
    other: Py<PyAny>,
}

#[pymethods]
impl Node {
    #[new]
    fn new(py: Python<'_>, name: String) -> Self {
        Self { name, next: None, children: Vec::new(), named: BTreeMap::new(), other: py.None() }
    }
}

/// Has its parent from the start.
#[pyclass(module = "zoo", get_all, set_all)]
#[derive(State)]
struct Child {
    parent: Py<Node>,
    number: u32,
}

#[pymethods]
impl Child {
    #[new]
    fn new(parent: Py<Node>, number: u32) -> Self {
        Self { parent, number }
    }
}

#[pyclass(module = "zoo", frozen, get_all)]
#[derive(State)]
struct FrozenNode {
    items: Py<PyList>,
}

#[pymethods]
impl FrozenNode {
    #[new]
    fn new(items: Py<PyList>) -> Self {
        Self { items }
    }
}

#[pyclass(module = "zoo", get_all, set_all)]
#[derive(State)]
struct Team {
    lead: Py<Person>,
    deputy: Option<Py<Person>>,
    members: Vec<Py<Person>>,
}

#[pymethods]
impl Team {
    #[new]
    fn new(lead: Py<Person>, deputy: Option<Py<Person>>, members: Vec<Py<Person>>) -> Self {
        Self { lead, deputy, members }
    }
}

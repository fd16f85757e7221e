//! Classes whose fields are Python objects.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use state_core::State;
use state_core::python::{packed, picklable};

use crate::plain::Person;

pub fn add(module: &Bound<'_, PyModule>) -> PyResult<()> {
    picklable::<Node>(module)?;
    picklable::<Child>(module)?;
    picklable::<FrozenNode>(module)?;
    picklable::<Ledger>(module)?;
    picklable::<Paired>(module)?;
    picklable::<Handed>(module)?;
    picklable::<Told>(module)?;
    picklable::<Cells>(module)?;
    picklable::<Sharing>(module)?;
    packed::<PackedSharing>(module)?;
    picklable::<Team>(module)
}

/// Its value has shared pointers, which would be copied in the tuple of its slots.
#[pyclass(module = "zoo", frozen, subclass)]
#[derive(State)]
#[state(shared)]
struct Sharing {
    left: Arc<str>,
    right: Arc<str>,
}

#[pymethods]
impl Sharing {
    #[new]
    fn new(text: String) -> Self {
        let left = Arc::<str>::from(text);
        Self { right: left.clone(), left }
    }

    /// The state in native bytes, in which shared objects keep their identity.
    fn bytes(&self) -> PyResult<Vec<u8>> {
        state_core::dumps(self).map_err(|error| pyo3::exceptions::PyValueError::new_err(error.to_string()))
    }

    #[staticmethod]
    fn from_bytes(bytes: &[u8]) -> PyResult<Self> {
        state_core::loads(bytes).map_err(|error| pyo3::exceptions::PyValueError::new_err(error.to_string()))
    }

    /// The text of both, if they are the same object.
    fn shared(&self) -> Option<&str> {
        Arc::ptr_eq(&self.left, &self.right).then_some(&*self.left)
    }
}

/// The same for a packed class, whose bytes would give objects that share nothing.
#[pyclass(module = "zoo", frozen)]
#[derive(State)]
#[state(shared)]
struct PackedSharing {
    texts: [Arc<str>; 2],
}

#[pymethods]
impl PackedSharing {
    #[new]
    fn new(text: String) -> Self {
        let text = Arc::<str>::from(text);
        Self { texts: [text.clone(), text] }
    }
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

/// Its parent is never missing.
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

#[pyclass(module = "zoo", frozen, subclass, get_all)]
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

#[pyclass(module = "zoo", subclass, get_all, set_all)]
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

/// Can refer to itself through a slot that cannot be empty.
#[pyclass(module = "zoo", get_all, set_all)]
#[derive(State)]
struct Paired {
    pair: (u8, Py<PyAny>),
}

#[pymethods]
impl Paired {
    #[new]
    fn new(second: Py<PyAny>) -> Self {
        Self { pair: (1, second) }
    }
}

/// Its author has written `__setstate__` alone.
#[pyclass(module = "zoo", subclass, get_all, set_all)]
#[derive(State)]
struct Handed {
    name: String,
    other: Option<Py<PyAny>>,
    #[state(skip)]
    given: Vec<String>,
}

#[pymethods]
impl Handed {
    #[new]
    fn new(name: String) -> Self {
        Self { name, other: None, given: Vec::new() }
    }

    fn __setstate__(&mut self, state: (String, Option<Py<PyAny>>)) {
        self.given.push(format!("{} for {}", state.0, self.name));
    }
}

/// Its author has written `__getstate__` alone, which leaves a slot out.
#[pyclass(module = "zoo", subclass, get_all, set_all)]
#[derive(State)]
struct Told {
    name: String,
    other: Option<Py<PyAny>>,
    secret: String,
}

#[pymethods]
impl Told {
    #[new]
    fn new(name: String) -> Self {
        Self { name, other: None, secret: "secret".into() }
    }

    fn __getstate__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let state = PyDict::new(py);
        state.set_item("name", &self.name)?;
        state.set_item("other", &self.other)?;
        Ok(state)
    }
}

/// Has every kind of cell, and methods that hold one while they call a function.
#[pyclass(module = "zoo", unsendable, subclass)]
#[derive(State)]
struct Cells {
    cell: RefCell<u32>,
    read_write: RwLock<u32>,
    mutex: Mutex<u32>,
    other: Option<Py<PyAny>>,
}

#[pymethods]
impl Cells {
    #[new]
    fn new(other: Option<Py<PyAny>>) -> Self {
        Self { cell: 1.into(), read_write: 2.into(), mutex: 3.into(), other }
    }

    #[getter]
    fn values(&self) -> (u32, u32, u32) {
        let read_write = self.read_write.try_read().map_or(0, |value| *value);
        (self.cell.try_borrow().map_or(0, |value| *value), read_write, self.mutex.try_lock().map_or(0, |value| *value))
    }

    fn hold(&self, which: &str, call: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        let _cell = (which == "cell").then(|| self.cell.borrow_mut());
        let _read_write = (which == "read_write").then(|| self.read_write.write());
        let _mutex = (which == "mutex").then(|| self.mutex.lock());
        call.call0().map(Bound::unbind)
    }

    #[expect(clippy::unused_self, reason = "the object is borrowed for the call")]
    fn change(&mut self, call: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        call.call0().map(Bound::unbind)
    }
}

/// Has a lock that other threads may hold, and a map with no fixed order.
#[pyclass(module = "zoo", frozen)]
#[derive(State)]
struct Ledger {
    total: Mutex<u64>,
    #[state(sorted)]
    accounts: HashMap<String, u32>,
}

#[pymethods]
impl Ledger {
    #[new]
    fn new(total: u64, accounts: HashMap<String, u32>) -> Self {
        Self { total: Mutex::new(total), accounts }
    }

    #[getter]
    fn total(&self) -> u64 {
        *self.total.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Calls a function while the lock is held.
    fn hold(&self, call: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        let _held = self.total.lock().unwrap_or_else(PoisonError::into_inner);
        call.call0().map(Bound::unbind)
    }
}

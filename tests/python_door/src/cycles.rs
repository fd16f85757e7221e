//! Classes whose fields are Python objects.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use pyo3::prelude::*;
use pyo3::types::PyList;
use state_core::State;
use state_core::python::{packed, picklable};

use crate::plain::Person;

pub fn add(module: &Bound<'_, PyModule>) -> PyResult<()> {
    picklable::<Node>(module)?;
    picklable::<Child>(module)?;
    picklable::<FrozenNode>(module)?;
    picklable::<Ledger>(module)?;
    picklable::<Paired>(module)?;
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

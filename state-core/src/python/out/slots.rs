//! Python objects from a walk.

use alloc::string::String;
use alloc::vec::Vec;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyDict, PyFloat, PyList, PySet, PyString, PyTuple};

use crate::array::Elements;
use crate::python::lease::{self, Lender};
use crate::python::types::handle;
use crate::python::types::standard;
use crate::standard::Known;
use crate::walk::{Encoder, Group, cbor};

/// Smaller raw arrays stay in the pickle.
const LARGE: usize = 256;

/// Collects a flat state.
pub struct Slots<'a, 'py> {
    py: Python<'py>,
    /// The slots so far.
    pub done: Vec<Bound<'py, PyAny>>,
    /// The groups that are open, innermost last, and the index in `done` at which the parts of each start.
    open: Vec<(Head, usize)>,
    /// Lends raw arrays instead of copying them.
    lender: Option<&'a mut Lender<'py>>,
    error: Option<PyErr>,
}

enum Head {
    Tuple,
    List,
    Set,
    Dict,
    Variant(String),
}

impl<'a, 'py> Slots<'a, 'py> {
    pub fn new(py: Python<'py>, lender: Option<&'a mut Lender<'py>>, first: Option<Bound<'py, PyAny>>) -> Self {
        let mut done = Vec::with_capacity(8);
        done.extend(first);
        Self { py, done, open: Vec::new(), lender, error: None }
    }

    /// The slots, or the error in making one.
    pub fn finish(self) -> PyResult<Vec<Bound<'py, PyAny>>> {
        match self.error {
            Some(error) => Err(error),
            None => Ok(self.done),
        }
    }

    fn put(&mut self, value: PyResult<Bound<'py, PyAny>>) {
        match value {
            Ok(value) => self.done.push(value),
            Err(error) => {
                self.error.get_or_insert(error);
                self.done.push(self.py.None().into_bound(self.py));
            }
        }
    }

    fn group(&self, head: Head, parts: Vec<Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
        Ok(match head {
            Head::Tuple => PyTuple::new(self.py, parts)?.into_any(),
            Head::List => PyList::new(self.py, parts)?.into_any(),
            // If the elements are lists in Python, they have no hash, and the set becomes a list.
            Head::Set => match PySet::new(self.py, &parts) {
                Ok(set) => set.into_any(),
                Err(error) => {
                    unhashable(self.py, error)?;
                    PyList::new(self.py, parts)?.into_any()
                }
            },
            Head::Dict => dict(self.py, parts)?,
            Head::Variant(name) => {
                let name = PyString::new(self.py, &name).into_any();
                PyTuple::new(self.py, core::iter::once(name).chain(parts).collect::<Vec<_>>())?.into_any()
            }
        })
    }
}

impl Slots<'_, '_> {
    /// Adds an array: its bytes and, unless it has one dimension, its shape.
    fn shaped(&mut self, shape: &[usize], bytes: impl FnOnce(&mut Self)) {
        if shape.len() == 1 {
            return bytes(self);
        }
        self.begin(Group::Tuple(2));
        self.put(PyTuple::new(self.py, shape).map(Bound::into_any));
        bytes(self);
        self.end();
    }
}

/// A dict from alternating keys and values; a list of pairs if a key has no hash.
fn dict<'py>(py: Python<'py>, parts: Vec<Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
    let dict = PyDict::new(py);
    let pairs = parts.chunks_exact(2);
    match pairs.clone().try_for_each(|pair| dict.set_item(&pair[0], &pair[1])) {
        Ok(()) => return Ok(dict.into_any()),
        Err(error) => unhashable(py, error)?,
    }
    let pairs = pairs.map(|pair| PyTuple::new(py, pair)).collect::<PyResult<Vec<_>>>()?;
    Ok(PyList::new(py, pairs)?.into_any())
}

/// Returns the error unless it says that an object has no hash.
fn unhashable(py: Python<'_>, error: PyErr) -> PyResult<()> {
    if error.is_instance_of::<PyTypeError>(py) { Ok(()) } else { Err(error) }
}

impl Encoder for Slots<'_, '_> {
    // A Rust struct that is not a class is a tuple.
    fn names_classes(&self) -> bool {
        false
    }

    fn none(&mut self) {
        self.done.push(self.py.None().into_bound(self.py));
    }

    fn bool(&mut self, value: bool) {
        self.done.push(PyBool::new(self.py, value).to_owned().into_any());
    }

    fn int(&mut self, value: i128) {
        let Ok(object) = match i64::try_from(value) {
            Ok(value) => value.into_pyobject(self.py),
            Err(_) => value.into_pyobject(self.py),
        };
        self.done.push(object.into_any());
    }

    fn big(&mut self, value: u128) {
        let Ok(object) = value.into_pyobject(self.py);
        self.done.push(object.into_any());
    }

    fn float(&mut self, value: f64) {
        self.done.push(PyFloat::new(self.py, value).into_any());
    }

    fn str(&mut self, value: &str) {
        self.done.push(PyString::new(self.py, value).into_any());
    }

    fn bytes(&mut self, value: &[u8]) {
        self.done.push(PyBytes::new(self.py, value).into_any());
    }

    fn raw(&mut self, _: Elements<'_>, bytes: &[u8]) {
        let copy = PyBytes::new(self.py, bytes).into_any();
        match self.lender {
            // One copy was needed, but no further one is.
            Some(_) if bytes.len() >= LARGE => self.put(lease::buffer(copy)),
            _ => self.done.push(copy),
        }
    }

    fn known(&mut self, known: Known, bytes: &[u8]) {
        let object = standard::object(self.py, known, bytes);
        self.put(object);
    }

    fn serde(&mut self, item: &[u8]) {
        cbor::read(item, self);
    }

    fn lent(&mut self, elements: Elements<'_>, bytes: &[u8]) {
        match self.lender.as_mut().map(|lender| lender.lend(self.py, bytes)) {
            Some(lent) => self.put(lent),
            None => self.raw(elements, bytes),
        }
    }

    fn array(&mut self, elements: Elements<'_>, shape: &[usize], bytes: &[u8]) {
        self.shaped(shape, |this| this.raw(elements, bytes));
    }

    fn lent_array(&mut self, elements: Elements<'_>, shape: &[usize], bytes: &[u8]) {
        self.shaped(shape, |this| this.lent(elements, bytes));
    }

    fn handle(&mut self, place: u64) {
        let object = handle::at(self.py, place);
        self.put(object);
    }

    fn begin(&mut self, group: Group<'_>) {
        let head = match group {
            Group::Tuple(_) | Group::Object { .. } => Head::Tuple,
            Group::List(_) => Head::List,
            Group::Set(_) => Head::Set,
            Group::Dict(_) => Head::Dict,
            Group::Variant { variant, .. } => Head::Variant(variant.into()),
        };
        self.open.push((head, self.done.len()));
    }

    fn end(&mut self) {
        let Some((head, start)) = self.open.pop() else { return };
        let parts = self.done.split_off(start.min(self.done.len()));
        let group = self.group(head, parts);
        self.put(group);
    }
}

//! The Rust contestants: classes with a derived state, and with the support that people write by hand today.

use bincode_next::config::{self, Configuration, Fixint, LittleEndian};
use bincode_next::{Decode, Encode};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyBytes;
use state_core::python::{packed, picklable};
use state_core::{Record, State};

#[pyclass(module = "contestants", get_all)]
#[derive(State)]
struct Person {
    name: String,
    age: i32,
}

#[pymethods]
impl Person {
    #[new]
    fn new(name: String, age: i32) -> Self {
        Self { name, age }
    }
}

/// The same person, encoded as packed bytes.
#[pyclass(module = "contestants", get_all)]
#[derive(State)]
struct PackedPerson {
    name: String,
    age: i32,
}

#[pymethods]
impl PackedPerson {
    #[new]
    fn new(name: String, age: i32) -> Self {
        Self { name, age }
    }
}

const CONFIG: Configuration<LittleEndian, Fixint> = config::standard().with_fixed_int_encoding();

fn encode<'py>(py: Python<'py>, value: &impl Encode) -> PyResult<Bound<'py, PyBytes>> {
    let bytes = bincode_next::encode_to_vec(value, CONFIG).map_err(|error| PyValueError::new_err(error.to_string()))?;
    Ok(PyBytes::new(py, &bytes))
}

fn decode<T: Decode<()>>(bytes: &[u8]) -> PyResult<T> {
    let decoded = bincode_next::decode_from_slice(bytes, CONFIG);
    decoded.map(|(value, _)| value).map_err(|error| PyValueError::new_err(error.to_string()))
}

/// Uses `__getstate__` and `__setstate__`, which need a constructor without arguments.
#[pyclass(module = "contestants", get_all)]
#[derive(Encode, Decode, Default)]
struct ByState {
    name: String,
    age: i32,
}

#[pymethods]
impl ByState {
    #[new]
    #[pyo3(signature = (name = String::new(), age = 0))]
    fn new(name: String, age: i32) -> Self {
        Self { name, age }
    }

    fn __getstate__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        encode(py, self)
    }

    fn __setstate__(&mut self, state: &[u8]) -> PyResult<()> {
        *self = decode(state)?;
        Ok(())
    }
}

/// Uses `__reduce__` with a function that makes the object: the fastest hand-written form.
#[pyclass(module = "contestants", get_all)]
#[derive(Encode, Decode)]
struct ByReduce {
    name: String,
    age: i32,
}

static MAKE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

#[pymethods]
impl ByReduce {
    #[new]
    fn new(name: String, age: i32) -> Self {
        Self { name, age }
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(&Bound<'py, PyAny>, (Bound<'py, PyBytes>,))> {
        let make = MAKE.get_or_try_init(py, || Ok::<_, PyErr>(py.import("contestants")?.getattr("make")?.unbind()))?;
        Ok((make.bind(py), (encode(py, self)?,)))
    }
}

#[pyfunction]
fn make(state: &[u8]) -> PyResult<ByReduce> {
    decode(state)
}

/// A record with C's layout, with padding.
#[derive(Record, Clone, Copy)]
#[repr(C)]
struct Bicycle {
    gears: i32,
    price: f64,
}

#[pyclass(module = "contestants")]
#[derive(State)]
struct Bicycles {
    #[state(bytes)]
    data: Vec<Bicycle>,
}

#[pymethods]
impl Bicycles {
    #[new]
    fn new(count: i32) -> Self {
        Self { data: (0..count).map(|at| Bicycle { gears: at % 21, price: at.into() }).collect() }
    }

    fn __len__(&self) -> usize {
        self.data.len()
    }
}

/// The same without padding: its layout in memory is that of its bytes.
#[derive(Record, Clone, Copy)]
#[repr(C)]
struct WideBicycle {
    gears: i64,
    price: f64,
}

#[pyclass(module = "contestants")]
#[derive(State)]
struct WideBicycles {
    #[state(bytes)]
    data: Vec<WideBicycle>,
}

#[pymethods]
impl WideBicycles {
    #[new]
    fn new(count: i32) -> Self {
        Self { data: (0..count).map(|at| WideBicycle { gears: (at % 21).into(), price: at.into() }).collect() }
    }

    fn __len__(&self) -> usize {
        self.data.len()
    }
}

#[pyclass(module = "contestants")]
#[derive(Encode, Decode, Default)]
struct EncodedBicycles {
    data: Vec<(i32, f64)>,
}

#[pymethods]
impl EncodedBicycles {
    #[new]
    #[pyo3(signature = (count = 0))]
    fn new(count: i32) -> Self {
        Self { data: (0..count).map(|at| (at % 21, at.into())).collect() }
    }

    fn __getstate__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        encode(py, self)
    }

    fn __setstate__(&mut self, state: &[u8]) -> PyResult<()> {
        *self = decode(state)?;
        Ok(())
    }

    fn __len__(&self) -> usize {
        self.data.len()
    }
}

#[pymodule]
fn contestants(module: &Bound<'_, PyModule>) -> PyResult<()> {
    picklable::<Person>(module)?;
    packed::<PackedPerson>(module)?;
    picklable::<Bicycles>(module)?;
    picklable::<WideBicycles>(module)?;
    module.add_class::<ByState>()?;
    module.add_class::<ByReduce>()?;
    module.add_class::<EncodedBicycles>()?;
    module.add_function(wrap_pyfunction!(make, module)?)
}

//! Raw arrays.

use pyo3::prelude::*;
use state_core::python::picklable;
use state_core::{Record, State};

pub fn add(module: &Bound<'_, PyModule>) -> PyResult<()> {
    picklable::<Samples>(module)?;
    picklable::<Bicycles>(module)?;
    module.add_function(wrap_pyfunction!(register_opaque, module)?)
}

/// A struct without a description of its layout, used in uncounted arrays, which do not record its size.
#[derive(Clone, Copy, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
struct Opaque {
    gears: i32,
    price: f32,
}

#[derive(State)]
struct Shelf {
    #[state(bytes, uncounted)]
    items: Vec<Opaque>,
}

#[pyclass(module = "zoo")]
#[derive(State)]
struct Shelves {
    all: Vec<Option<Shelf>>,
}

#[pyfunction]
fn register_opaque(py: Python<'_>) -> PyResult<()> {
    picklable::<Shelves>(&PyModule::new(py, "zoo")?)
}

#[pyclass(module = "zoo", get_all, set_all)]
#[derive(State)]
struct Samples {
    #[state(bytes)]
    first: Vec<f64>,
    name: String,
    #[state(bytes)]
    second: Option<Vec<u16>>,
    #[state(bytes, uncounted)]
    third: Vec<u8>,
}

#[pymethods]
impl Samples {
    #[new]
    #[pyo3(signature = (first, second=None, third=Vec::new()))]
    fn new(first: Vec<f64>, second: Option<Vec<u16>>, third: Vec<u8>) -> Self {
        Self { first, name: "samples".into(), second, third }
    }

    fn change(&mut self) {
        self.first.clear();
        self.first.shrink_to_fit();
    }
}

#[derive(Record, Clone, Copy)]
#[repr(C)]
struct Bicycle {
    gears: i32,
    price: f64,
}

#[pyclass(module = "zoo")]
#[derive(State)]
struct Bicycles {
    #[state(bytes)]
    data: Vec<Bicycle>,
}

#[pymethods]
impl Bicycles {
    #[new]
    fn new(data: Vec<(i32, f64)>) -> Self {
        Self { data: data.into_iter().map(|(gears, price)| Bicycle { gears, price }).collect() }
    }

    #[getter]
    fn data(&self) -> Vec<(i32, f64)> {
        self.data.iter().map(|of| (of.gears, of.price)).collect()
    }
}

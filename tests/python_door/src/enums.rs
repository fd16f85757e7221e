//! Enums of both kinds.

use pyo3::prelude::*;
use state_core::State;
use state_core::python::picklable;

pub fn add(module: &Bound<'_, PyModule>) -> PyResult<()> {
    picklable::<Color>(module)?;
    picklable::<Shape>(module)?;
    module.add_function(wrap_pyfunction!(another_red, module)?)
}

#[pyclass(module = "zoo", eq, eq_int)]
#[derive(State, PartialEq, Clone, Copy)]
enum Color {
    Red,
    #[pyo3(name = "GREEN")]
    Green,
    Blue = 7,
}

/// A red that is a different object than `Color.Red`.
#[pyfunction]
fn another_red() -> Color {
    Color::Red
}

#[pyclass(module = "zoo", get_all)]
#[derive(State)]
enum Shape {
    Circle { radius: f64 },
    Named(String, Option<Py<PyAny>>),
    Nothing(),
}

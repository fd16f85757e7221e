//! Classes of every kind, for `tests/python_door/test_*.py`.

use pyo3::prelude::*;
use state_core::python::picklable;

mod arrays;
mod chain;
mod changed;
mod cycles;
mod deep;
mod enums;
mod held;
mod members;
mod natural;
mod numpy;
mod plain;
mod quick;
mod sets;
mod written;

#[pymodule]
fn zoo(module: &Bound<'_, PyModule>) -> PyResult<()> {
    plain::add(module)?;
    chain::add(module)?;
    changed::add(module)?;
    cycles::add(module)?;
    deep::add(module)?;
    enums::add(module)?;
    held::add(module)?;
    arrays::add(module)?;
    members::add(module)?;
    natural::add(module)?;
    numpy::add(module)?;
    quick::add(module)?;
    sets::add(module)?;
    written::add(module)?;
    module.add_function(wrap_pyfunction!(register_without_module, module)?)?;
    module.add_function(wrap_pyfunction!(register_elsewhere, module)?)
}

#[pyclass]
#[derive(state_core::State)]
struct Homeless {
    slot: u8,
}

#[pyclass(module = "zoo.elsewhere")]
#[derive(state_core::State)]
struct Lost {
    slot: u8,
}

#[pyfunction]
#[pyo3(pass_module)]
fn register_without_module(module: &Bound<'_, PyModule>) -> PyResult<()> {
    picklable::<Homeless>(module)
}

#[pyfunction]
#[pyo3(pass_module)]
fn register_elsewhere(module: &Bound<'_, PyModule>) -> PyResult<()> {
    picklable::<Lost>(module)
}

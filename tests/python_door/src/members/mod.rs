//! Classes with open sets whose types changed in every possible way: `OldX` and `NewX` are two forms of one class `X`.

mod new;
mod old;

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyTuple};
use state_core::python::{packed, picklable};
use state_core::{Dynamic, Older, Options, Record, State, dynamic, loads_upgraded, member};

pub fn add(module: &Bound<'_, PyModule>) -> PyResult<()> {
    old::register()?;
    new::register()?;
    picklable::<old::OldDesk>(module)?;
    picklable::<new::NewDesk>(module)?;
    picklable::<old::OldStudio>(module)?;
    picklable::<new::NewStudio>(module)?;
    packed::<old::OldCase>(module)?;
    packed::<new::NewCase>(module)?;
    picklable::<old::OldShelf>(module)?;
    picklable::<new::NewShelf>(module)?;
    picklable::<old::OldSafe>(module)?;
    picklable::<new::NewSafe>(module)?;
    picklable::<old::OldLoop>(module)?;
    picklable::<new::NewLoop>(module)?;
    module.add_function(wrap_pyfunction!(register_late, module)?)
}

/// Registers types late, like a plugin that is imported later.
#[pyfunction]
fn register_late() -> PyResult<()> {
    <dyn old::Effect>::register([member!(old::Late)])?;
    Ok(<dyn new::Effect>::register([member!(new::Late)])?)
}

#[derive(Record, Clone, Copy, Debug)]
#[state(name = "desk.Dot")]
#[repr(C)]
struct OldDot {
    x: f32,
    y: f32,
}

#[derive(Record, Clone, Copy, Debug)]
#[state(name = "desk.Dot")]
#[repr(C)]
struct NewDot {
    y: f32,
    x: f32,
}

#[derive(State)]
#[state(name = "desk.Shift")]
pub struct OldShift {
    by: i32,
}

//! The python door: classes of PyO3 that Python's own pickle, copy and multiprocessing take, by one line for each.

mod attributes;
mod class;
mod decode;
mod deepcopy;
mod encode;
mod error;
mod handles;
mod keep;
mod layers;
mod lease;
mod lineage;
mod methods;
mod name;
mod progress;
mod reduce;
mod restore;
mod variants;

use pyo3::prelude::*;

/// A class that can be made picklable: every `#[pyclass]` with `#[derive(State)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be made picklable",
    label = "a picklable class is a `#[pyclass]` with `#[derive(State)]`",
    note = "with `extends`, the base has to be one too, or an exception"
)]
pub trait Class: layers::Layer {}

impl<T: layers::Layer> Class for T {}

/// Adds a class to a module, if it is not there yet, and makes its objects picklable.
pub fn picklable<T: Class>(module: &Bound<'_, PyModule>) -> PyResult<()> {
    class::register::<T>(module)
}

//! Errors as Python exceptions.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;

use crate::error::{Error, ErrorKind};
use crate::schema::fingerprint::Identity;
use crate::schema::{Schema, root_name};

impl From<Error> for PyErr {
    /// Converts to `ValueError`, so that functions of a class can use the other formats with `?`.
    fn from(error: Error) -> Self {
        PyValueError::new_err(error.to_string())
    }
}

static PICKLING: PyOnceLock<Py<PyType>> = PyOnceLock::new();
static UNPICKLING: PyOnceLock<Py<PyType>> = PyOnceLock::new();

/// The exception for a state that could not be saved: `pickle.PicklingError`.
#[cold]
pub(super) fn pickling(py: Python<'_>, reason: impl ToString) -> PyErr {
    of_pickle(py, &PICKLING, "PicklingError", in_words(&reason))
}

/// The exception for a state that could not be restored: `TypeError` if a slot got a value that it does not accept,
/// otherwise, as for damaged bytes, `pickle.UnpicklingError`.
#[cold]
pub(super) fn unpickling(py: Python<'_>, error: &Error) -> PyErr {
    match error.kind() {
        ErrorKind::Malformed if error.offset().is_none() => PyTypeError::new_err(in_words(error)),
        _ => of_pickle(py, &UNPICKLING, "UnpicklingError", in_words(error)),
    }
}

/// The largest number of reasons in an error.
const MOST_TOLD: usize = 16;

/// Makes the `pickle.UnpicklingError` for a state of another version of a class that cannot be matched: the reasons,
/// and what to do for a user who cannot change the class.
#[cold]
pub(super) fn unmatched(class: &Bound<'_, PyType>, reasons: &[Error]) -> PyErr {
    if let Some(damage) = reasons.iter().find(|reason| reason.kind() != ErrorKind::Identity) {
        return unpickling(class.py(), damage);
    }
    let mut lines: Vec<String> = reasons.iter().take(MOST_TOLD).map(in_words).collect();
    match reasons.len().saturating_sub(MOST_TOLD) {
        0 => {}
        more => lines.push(alloc::format!("and {more} more differences")),
    }
    let module = class.getattr("__module__").and_then(|module| module.extract::<String>());
    let module = module.unwrap_or_else(|_| "the module".into());
    lines.push(alloc::format!(
        "(the pickle is of another version of {}; where {module} cannot be changed, load it with the version that wrote it, \
         or a newer one)",
        class_name(class)
    ));
    of_pickle(class.py(), &UNPICKLING, "UnpicklingError", lines.join("\n"))
}

/// Checks that references are not numbered in states of a type.
///
/// # Errors
/// If they are; the error names the type.
pub(super) fn test_unshared(schema: &'static Schema, identity: &Identity) -> Result<(), Error> {
    if identity.sharing.shared { Err(shares(schema)) } else { Ok(()) }
}

#[cold]
fn shares(schema: &'static Schema) -> Error {
    let expected = "a class whose state shares nothing (the objects that it shares can be classes, held as `Py`; or \
                    write `__reduce__`, with the bytes of `state_core::dumps` for a function with `state_core::loads`)";
    let error = Error::new(ErrorKind::Unwritable, expected, "one with `#[state(shared)]` or a `Weak` in it");
    error.at(root_name(schema))
}

/// The text of a reason, with the setting of a module in place of the option.
fn in_words(reason: &impl ToString) -> String {
    reason.to_string().replace("`Options::depth`", "`state_core::python::set_depth`")
}

fn of_pickle(py: Python<'_>, cell: &'static PyOnceLock<Py<PyType>>, name: &str, reason: String) -> PyErr {
    match cell.import(py, "pickle", name) {
        Ok(class) => PyErr::from_type(class.clone(), reason),
        Err(error) => error,
    }
}

/// The name of a class in an error: with its module, unless it is built in.
pub(super) fn class_name(class: &Bound<'_, PyAny>) -> String {
    let text = |attribute| class.getattr(attribute).and_then(|value| value.extract::<String>());
    let name = text("__qualname__").unwrap_or_else(|_| "object".into());
    match text("__module__") {
        Ok(module) if module != "builtins" => [&*module, &name].join("."),
        _ => name,
    }
}

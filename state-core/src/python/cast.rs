//! Downcasts of objects. This file holds `unsafe` code.

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::{CastError, PyClass};

/// Downcasts an object to its class. The test is not `PyO3`'s, which is compiled for each class.
pub(super) fn cast<'a, 'py, T: PyClass>(object: &'a Bound<'py, PyAny>) -> PyResult<&'a Bound<'py, T>> {
    test(object, T::type_object_raw)?;
    // SAFETY: it was tested to be of the class.
    Ok(unsafe { object.cast_unchecked() })
}

/// Tests that an object is of a class.
fn test(object: &Bound<'_, PyAny>, class: fn(Python<'_>) -> *mut ffi::PyTypeObject) -> PyResult<()> {
    let raw = class(object.py());
    // SAFETY: an object, and a class that lives as long as the program.
    if unsafe { ffi::PyObject_TypeCheck(object.as_ptr(), raw) } != 0 {
        return Ok(());
    }
    // SAFETY: the same class.
    let class = unsafe { Bound::from_borrowed_ptr(object.py(), raw.cast()) };
    Err(CastError::new(object.as_borrowed(), class).into())
}

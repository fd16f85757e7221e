//! Whether an object of a class may be made from the values of a Rust class alone. This file holds `unsafe` code.
//!
//! Making an object runs no constructor, so that anything else that a class between the two keeps in its objects would
//! stay as it was allocated: zeros, where another Rust class expects a value.

use core::ffi::{c_int, c_void};

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;
use pyo3::{Borrowed, ffi};

use crate::python::error::class_name;

/// The slots that Python gives to classes made by a `class` statement.
struct Statement {
    dealloc: *mut c_void,
    new: *mut c_void,
}

// SAFETY: addresses of functions, compared and never called.
unsafe impl Send for Statement {}
// SAFETY: as before.
unsafe impl Sync for Statement {}

static STATEMENT: PyOnceLock<Statement> = PyOnceLock::new();

fn statement(py: Python<'_>) -> PyResult<&'static Statement> {
    STATEMENT.get_or_try_init(py, || {
        let code = c"type('Probe', (), {'__new__': lambda cls: None})";
        let class = py.eval(code, None, None)?.cast_into::<PyType>()?;
        Ok(Statement { dealloc: slot(&class, ffi::Py_tp_dealloc), new: slot(&class, ffi::Py_tp_new) })
    })
}

/// A slot of a class that was made at run time.
fn slot(class: &Bound<'_, PyType>, slot: c_int) -> *mut c_void {
    // SAFETY: a type object, and a slot that all of them have.
    unsafe { ffi::PyType_GetSlot(class.as_type_ptr(), slot) }
}

fn is_heap(class: &Bound<'_, PyType>) -> bool {
    // SAFETY: a type object.
    unsafe { ffi::PyType_HasFeature(class.as_type_ptr(), ffi::Py_TPFLAGS_HEAPTYPE) != 0 }
}

/// Checks that every class in the method resolution order of `class` is `base`, one of its bases, or made by a `class`
/// statement.
///
/// # Errors
/// `TypeError` that names the class that is none of these, or says that `class` does not extend `base`.
pub(in crate::python) fn check(class: &Bound<'_, PyType>, base: &Bound<'_, PyType>) -> PyResult<()> {
    let py = class.py();
    if !class.is_subclass(base)? {
        return Err(foreign(class, base));
    }
    let statement = statement(py)?;
    let (new, known) = (slot(base, ffi::Py_tp_new), base.mro());
    let is_known = |class: &Bound<'_, PyAny>| known.iter_borrowed().any(|known| known.is(class));
    let by_statement = |class: &Bound<'_, PyType>| {
        is_heap(class)
            && slot(class, ffi::Py_tp_dealloc) == statement.dealloc
            && inherits_new(class, new, statement.new)
    };
    // A metaclass can leave classes out of that order. The layout follows the chain of bases, which it cannot change.
    let mut line = class.clone();
    while !is_known(&line) && by_statement(&line) {
        line = base_of(&line)?;
    }
    if is_known(&line) && !line.is(base) {
        return Err(foreign(class, base));
    }
    for other in class.mro().iter_borrowed().map(Borrowed::to_owned).chain([line.into_any()]) {
        if is_known(&other) {
            continue;
        }
        let other = other.cast_into::<PyType>()?;
        if !by_statement(&other) {
            let (class, other) = (class_name(class), class_name(&other));
            return Err(PyTypeError::new_err(alloc::format!(
                "{class} cannot be made from the state of {}: {other} keeps more in its objects",
                class_name(base)
            )));
        }
    }
    Ok(())
}

#[cold]
fn foreign(class: &Bound<'_, PyType>, base: &Bound<'_, PyType>) -> PyErr {
    let (class, base) = (class_name(class), class_name(base));
    PyTypeError::new_err(alloc::format!("expected {base} or a subclass of it, found {class}"))
}

/// The base whose layout is extended by a class that was made at run time.
fn base_of<'py>(class: &Bound<'py, PyType>) -> PyResult<Bound<'py, PyType>> {
    let base = slot(class, ffi::Py_tp_base);
    // SAFETY: null, or a type object, which the class keeps alive.
    let base = unsafe { Bound::from_borrowed_ptr_or_opt(class.py(), base.cast()) };
    Ok(base.ok_or_else(|| PyTypeError::new_err("a class without a base"))?.cast_into::<PyType>()?)
}

/// Whether a class makes its objects in the way of Python or of the known classes.
fn inherits_new(class: &Bound<'_, PyType>, of_base: *mut c_void, of_statement: *mut c_void) -> bool {
    let new = slot(class, ffi::Py_tp_new);
    let of_object = slot_of_object(class.py());
    new.is_null() || new == of_base || new == of_statement || new == of_object
}

/// `object.__new__`, which a class has if no base provides another.
fn slot_of_object(py: Python<'_>) -> *mut c_void {
    static PLAIN: PyOnceLock<usize> = PyOnceLock::new();
    let plain = PLAIN.get_or_init(py, || {
        let class =
            py.eval(c"type('Probe', (), {})", None, None).ok().and_then(|class| class.cast_into::<PyType>().ok());
        class.map_or(0, |class| slot(&class, ffi::Py_tp_new) as usize)
    });
    *plain as *mut c_void
}

//! `copy.deepcopy`: the slots are copied, not the object's pickle, so that it works where a cycle goes through it.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyTuple};

use crate::python::attributes;
use crate::python::class::layer::Layer;
use crate::python::class::{Written, known, written_by};
use crate::python::into;
use crate::python::out::cycle::Mark;
use crate::python::out::{defer, flat};

/// `__deepcopy__`
pub(in crate::python) fn deepcopy<'py, T: Layer>(
    object: Borrowed<'_, 'py, T>,
    memo: Borrowed<'_, 'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let (py, object) = (object.py(), object.as_any());
    let known = known::<T>(py)?;
    let (class, exact) = (object.get_type(), T::is_exact_type_of(object));
    let written = if exact { known.written } else { written_by(&class, known)? };
    if known.variants.is_some() || written != Written::default() {
        return by_reduce(object, &memo);
    }
    let mut slots = flat::<T>(object, known, None, None)?;
    let attributes = if exact && !known.attributes { None } else { attributes::of::<T>(object)? };
    if !known.handles && attributes.is_none() {
        let state = PyTuple::new(py, slots)?;
        return into::make::<T>(known, &class, exact, state.as_borrowed(), 0);
    }
    let (_mark, is_cycle) = Mark::new(object);
    let later = if is_cycle {
        defer::<T>(py, known, &mut slots, attributes)?
    } else {
        slots.extend(attributes.map(Bound::into_any));
        None
    };
    let state = copied(PyTuple::new(py, slots)?.as_any(), &memo)?;
    // Copying the slots may have come back here.
    if let Ok(copy) = memo.get_item(id(object)) {
        return Ok(copy);
    }
    let copy = into::make::<T>(known, &class, exact, state.cast::<PyTuple>()?.as_borrowed(), 0)?;
    memo.set_item(id(object), &copy)?;
    complete::<T>(&copy, later, &memo)?;
    Ok(copy)
}

fn complete<'py, T: Layer>(
    copy: &Bound<'py, PyAny>,
    later: Option<Bound<'py, PyDict>>,
    memo: &Bound<'py, PyAny>,
) -> PyResult<()> {
    let Some(later) = later else { return Ok(()) };
    let later = copied(later.as_any(), memo)?;
    into::setstate::<T>(copy.cast::<T>()?.as_borrowed(), later.as_borrowed()).map(drop)
}

/// The key of an object in a memo.
fn id(object: &Bound<'_, PyAny>) -> usize {
    object.as_ptr() as usize
}

fn copied<'py>(object: &Bound<'py, PyAny>, memo: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    static DEEPCOPY: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    DEEPCOPY.import(object.py(), "copy", "deepcopy")?.call1((object, memo))
}

/// As `copy` does it for classes without `__deepcopy__`.
fn by_reduce<'py>(object: &Bound<'py, PyAny>, memo: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    static RECONSTRUCT: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let py = object.py();
    let reduced = object.call_method1(intern!(py, "__reduce_ex__"), (4,))?;
    let Ok(reduced) = reduced.cast_into::<PyTuple>() else { return Ok(object.clone()) };
    let arguments = [object.clone(), memo.clone()].into_iter().chain(reduced.iter());
    let arguments = PyTuple::new(py, arguments.collect::<alloc::vec::Vec<_>>())?;
    RECONSTRUCT.import(py, "copy", "_reconstruct")?.call1(arguments)
}

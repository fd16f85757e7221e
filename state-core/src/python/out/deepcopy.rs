//! `copy.deepcopy`: copies the slots, not the object's pickle, so that it works if a cycle passes through the object.
//! `copy.copy` goes by the pickle.

use pyo3::exceptions::PyTypeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyString, PyTuple, PyType};

use super::authors::written_of;
use super::completion::Completion;
use super::{defer, flat};
use crate::python::attributes::{self, Attributes};
use crate::python::class::methods::registered_with_copyreg;
use crate::python::class::{Known, Written};
use crate::python::error::class_name;
use crate::python::into;
use crate::python::into::incoming::Source;
use crate::python::out::cycle::Mark;

/// `__deepcopy__`
pub(in crate::python) fn deepcopy<'py>(
    known: &Known,
    object: &Bound<'py, PyAny>,
    memo: Borrowed<'_, 'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = object.py();
    let (class, exact) = (object.get_type(), known.is_class_of(object));
    let written = written_of(object, known, exact)?;
    if known.variants.is_some() || written != Written::default() || is_told_otherwise(&class, known)? {
        return by_reduce(object, &memo);
    }
    let mut slots = flat(object, known, None, None)?;
    let attributes = if exact && !known.attributes { None } else { attributes::of(object, known)? };
    let make = |state: Borrowed<'_, 'py, PyTuple>| into::make(known, &class, (state, 0), Source::Present);
    if !known.handles && attributes.is_none() {
        return make(PyTuple::new(py, slots)?.as_borrowed());
    }
    let mark = Mark::new(object)?;
    let (state, later) = if mark.is_cycle() {
        defer((known, py), slots, 0, attributes)?
    } else {
        slots.extend(attributes.map(Bound::into_any));
        (PyTuple::new(py, slots)?, None)
    };
    let state = copied(state.as_any(), &memo)?;
    // Copying the slots may have copied this object already.
    if let Ok(copy) = memo.get_item(id(object)) {
        return Ok(copy);
    }
    let copy = make(state.cast::<PyTuple>()?.as_borrowed())?;
    memo.set_item(id(object), &copy)?;
    complete(known, &copy, later, &memo)?;
    Ok(copy)
}

/// `__copy__`: copies as `copy` does for classes without it, but in a cycle fills the object before its author's
/// `__setstate__` is called.
pub(in crate::python) fn copy<'py>(object: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = object.py();
    let Some(reduced) = reduced_by_copy(object)? else { return Ok(object.clone()) };
    let Some(completion) = reduced.get_item(2).ok().and_then(|state| state.cast_into::<Completion>().ok()) else {
        let none = py.None().into_bound(py);
        return reconstruct([object.clone(), none], &reduced);
    };
    let copy = reduced.get_item(0)?.call1(reduced.get_item(1)?.cast::<PyTuple>()?)?;
    let state = completion.get().fill(&copy)?;
    copy.call_method1(intern!(py, "__setstate__"), (state,))?;
    Ok(copy)
}

/// Completes a copy in a cycle: with its form and whole state, or with its attributes alone.
fn complete<'py>(
    known: &Known,
    copy: &Bound<'py, PyAny>,
    later: Option<Bound<'py, PyAny>>,
    memo: &Bound<'py, PyAny>,
) -> PyResult<()> {
    let Some(later) = later else { return Ok(()) };
    if let Ok(attributes) = later.cast::<PyDict>() {
        let attributes = copied(attributes.as_any(), memo)?.cast_into::<PyDict>()?;
        return Attributes::new(attributes, &copy.get_type())?.give(copy, known);
    }
    let slots = later.cast::<PyTuple>()?;
    let slots = copied(slots.get_slice(1, slots.len()).as_any(), memo)?;
    into::setstate(known, copy, slots.as_borrowed()).map(drop)
}

/// Whether something else is registered with `copyreg` for a class, or a subclass has its own `__reduce_ex__`: these take
/// precedence, as for a Python class.
fn is_told_otherwise(class: &Bound<'_, PyType>, known: &Known) -> PyResult<bool> {
    if let Some(told) = registered_with_copyreg(class)? {
        return Ok(known.reducer.as_ref().is_none_or(|ours| !told.is(ours)));
    }
    let (name, base) = (intern!(class.py(), "__reduce_ex__"), known.class.bind(class.py()));
    Ok(!class.is(base) && !class.getattr(name)?.is(&base.getattr(name)?))
}

/// The key of an object in a memo.
fn id(object: &Bound<'_, PyAny>) -> usize {
    object.as_ptr() as usize
}

fn copied<'py>(object: &Bound<'py, PyAny>, memo: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    static DEEPCOPY: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    DEEPCOPY.import(object.py(), "copy", "deepcopy")?.call1((object, memo))
}

/// Copies as `copy` does for classes without `__deepcopy__`.
fn by_reduce<'py>(object: &Bound<'py, PyAny>, memo: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let Some(reduced) = reduced_by_copy(object)? else { return Ok(object.clone()) };
    // In a cycle, copying the arguments copies this object, which `_reconstruct` would then copy a second time. It gets
    // the copies of the arguments from the memo.
    if let Ok(arguments) = reduced.get_item(1) {
        copied(&arguments, memo)?;
        if let Ok(copy) = memo.get_item(id(object)) {
            return Ok(copy);
        }
    }
    reconstruct([object.clone(), memo.clone()], &reduced)
}

/// What `copy` makes a copy of; `None` if the object, a global by its name, is its own copy.
///
/// # Errors
/// `TypeError` if it is neither a tuple nor a name.
fn reduced_by_copy<'py>(object: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyTuple>>> {
    let reduced = match registered_with_copyreg(&object.get_type())? {
        Some(reducer) => reducer.call1((object,))?,
        None => object.call_method1(intern!(object.py(), "__reduce_ex__"), (4,))?,
    };
    if reduced.is_instance_of::<PyString>() {
        return Ok(None);
    }
    reduced.cast_into::<PyTuple>().map(Some).map_err(|error| {
        let (class, found) = (class_name(&object.get_type()), class_name(&error.into_inner().get_type()));
        PyTypeError::new_err(alloc::format!("{class}: __reduce_ex__ returned neither a str nor a tuple, but {found}"))
    })
}

fn reconstruct<'py>(first: [Bound<'py, PyAny>; 2], reduced: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
    static RECONSTRUCT: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let py = reduced.py();
    let arguments = PyTuple::new(py, first.into_iter().chain(reduced.iter()).collect::<alloc::vec::Vec<_>>())?;
    RECONSTRUCT.import(py, "copy", "_reconstruct")?.call1(arguments)
}

//! Pickling with `__getstate__` and `__setstate__` written by the author of a class or of a Python subclass.

use alloc::vec::Vec;

use pyo3::exceptions::PyTypeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyString, PyTuple};

use super::cycle::Mark;
use super::{defer, flat, getstate, slots_and_attributes};
use crate::python::class::form::Mode;
use crate::python::class::{Known, Written, lineage, written_by};
use crate::python::error::class_name;
use crate::python::into::can_be_blank;
use crate::python::lease::lender;

/// The methods that the author of an object's class, or of a subclass, has written. A subclass whose objects could not
/// be made again is refused here, so that the error comes when pickling, not when loading.
pub(super) fn written_of(object: &Bound<'_, PyAny>, known: &Known, exact: bool) -> PyResult<Written> {
    if exact || known.variants.is_some() {
        return Ok(known.written);
    }
    let class = object.get_type();
    let written = written_by(&class, known)?;
    if !written.reduce {
        lineage::check(&class, known.class.bind(object.py()))?;
    }
    Ok(written)
}

/// Pickles an object whose state is not the derived one, or is not for the derived `__setstate__`.
pub(super) fn reduced<'py>(
    object: &Bound<'py, PyAny>,
    known: &Known,
    written: Written,
    protocol: i32,
) -> PyResult<Bound<'py, PyAny>> {
    let py = object.py();
    if !written.getstate {
        // A `__setstate__` of a subclass may hand it on to that of the class.
        let state = match known.written.setstate {
            true => slots_and_attributes(known, object)?.into_any(),
            false => getstate(known, object)?,
        };
        let arguments = (object.get_type(), &state).into_pyobject(py)?;
        return called((known, Mode::Given), arguments, Some(state));
    }
    let state = object.call_method0(intern!(py, "__getstate__"))?;
    let is_whole = if written.setstate { is_whole(object, known)? } else { known.written.getstate };
    if !written.setstate {
        if let Ok(slots) = state.cast::<PyTuple>() {
            return by_slots(object, known, slots);
        }
        if !state.is_none() && (known.calls.frozen || !state.is_instance_of::<PyDict>()) {
            let found = class_name(&state.get_type());
            return Err(PyTypeError::new_err(alloc::format!(
                "__getstate__ without __setstate__ returns a tuple of slots or a dict of slots and attributes by name, \
                 not {found}"
            )));
        }
    }
    if is_whole {
        return empty(object, known, state);
    }
    let mut lend = if protocol >= 5 { lender(object, known.calls.borrow) } else { None };
    let slots = flat(object, known, Some(object.get_type().into_any()), lend.as_mut())?;
    called((known, Mode::Class), PyTuple::new(py, slots)?, Some(state))
}

/// Pickles an object by the tuple of slots that its `__getstate__` returned, in cycles too.
fn by_slots<'py>(
    object: &Bound<'py, PyAny>,
    known: &Known,
    state: &Bound<'py, PyTuple>,
) -> PyResult<Bound<'py, PyAny>> {
    let (py, class) = (object.py(), object.get_type().into_any());
    let mut slots = core::iter::once(class).chain(state.iter()).collect::<Vec<_>>();
    let has_attributes = slots.last().is_some_and(PyAnyMethods::is_instance_of::<PyDict>);
    if !known.handles && !has_attributes {
        return called((known, Mode::Class), PyTuple::new(py, slots)?, None);
    }
    let (form, mark) = (known.form(py, Mode::Class)?, Mark::new(object)?);
    if mark.is_cycle() {
        let count = 1 + flat(object, known, None, None)?.len();
        let with_attributes = has_attributes && slots.len() == count + 1;
        // Where the slots are in a tuple of another length is known to the author alone.
        if with_attributes || slots.len() == count {
            let attributes =
                with_attributes.then(|| slots.pop()).flatten().map(Bound::cast_into::<PyDict>).transpose()?;
            let (slots, later) = defer(known, slots, 1, attributes)?;
            return Ok((form, slots, later, mark).into_pyobject(py)?.into_any());
        }
    }
    Ok((form, PyTuple::new(py, slots)?, py.None(), mark).into_pyobject(py)?.into_any())
}

/// A call of a form, and the state that the object gets afterwards.
fn called<'py>(
    (known, mode): (&Known, Mode),
    arguments: Bound<'py, PyTuple>,
    state: Option<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = arguments.py();
    let parts = [known.form(py, mode)?.into_any(), arguments.into_any()];
    Ok(PyTuple::new(py, parts.into_iter().chain(state).collect::<Vec<_>>())?.into_any())
}

/// Whether the result of `__getstate__`, if there is a `__setstate__` too, is all that is pickled. In a subclass that
/// is impossible if the object cannot be made without its values: these are included, as Python does for a `tuple` or
/// `str`.
fn is_whole(object: &Bound<'_, PyAny>, known: &Known) -> PyResult<bool> {
    let py = object.py();
    if known.written.setstate {
        return Ok(true);
    }
    let has = |name: &Bound<'_, PyString>| object.hasattr(name);
    if has(intern!(py, "__getnewargs__"))? || has(intern!(py, "__getnewargs_ex__"))? {
        return Ok(true);
    }
    Ok(!known.calls.frozen && *known.blank.get_or_init(|| can_be_blank(py, known).is_ok()))
}

/// Pickles an object that is made empty and then gets a state, which includes nothing of the derived one.
fn empty<'py>(object: &Bound<'py, PyAny>, known: &Known, state: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let (py, class) = (object.py(), object.get_type());
    if let Some(method) = object.getattr_opt(intern!(py, "__getnewargs_ex__"))? {
        static NEW: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        let (arguments, keywords): (Bound<'py, PyAny>, Bound<'py, PyAny>) = method.call0()?.extract()?;
        let new = NEW.import(py, "copyreg", "__newobj_ex__")?;
        return Ok((new, (class, arguments, keywords), state).into_pyobject(py)?.into_any());
    }
    if let Some(method) = object.getattr_opt(intern!(py, "__getnewargs__"))? {
        static NEW: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        let arguments = method.call0()?.cast_into::<PyTuple>()?;
        let arguments = core::iter::once(class.into_any()).chain(arguments.iter()).collect::<Vec<_>>();
        let new = NEW.import(py, "copyreg", "__newobj__")?;
        return Ok((new, PyTuple::new(py, arguments)?, state).into_pyobject(py)?.into_any());
    }
    if known.blank.get() != Some(&true) {
        // So that the error comes when pickling, not when loading.
        can_be_blank(py, known)?;
        known.blank.get_or_init(|| true);
    }
    Ok((known.forms[Mode::Blank as usize].bind(py), (class,), state).into_pyobject(py)?.into_any())
}

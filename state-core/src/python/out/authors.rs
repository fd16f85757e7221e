//! Pickling with `__getstate__` and `__setstate__` written by the author of a class or of a Python subclass.

use alloc::vec::Vec;

use pyo3::exceptions::PyTypeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyString, PyTuple};

use super::completion::Completion;
use super::cycle::Mark;
use super::{built, defer, flat};
use crate::python::attributes;
use crate::python::class::form::{Form, Mode};
use crate::python::class::{Known, Written, lineage, state, written_by};
use crate::python::error::class_name;
use crate::python::into::{can_be_blank, patch};
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
        return with_own_setstate(object, known);
    }
    let state = object.call_method0(intern!(py, "__getstate__"))?;
    let is_whole = if written.setstate { is_whole(object, known)? } else { known.written.getstate };
    if !written.setstate {
        if let Ok(slots) = state.cast::<PyTuple>() {
            return by_slots(object, known, slots);
        }
        if known.calls.frozen && !known.written.getstate {
            attributes::without_slots(object, known, &state)?;
        } else if !state.is_none() && (known.calls.frozen || !state.is_instance_of::<PyDict>()) {
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
    let class = object.get_type().into_any();
    let slots = flat(object, known, Some(class.clone()), lend.as_mut())?;
    if !known.handles {
        return called((known, Mode::Class), PyTuple::new(py, slots)?, Some(state));
    }
    let (form, mark) = (known.form(py, Mode::Class)?, Mark::new(object)?);
    if !mark.is_cycle() || known.calls.frozen {
        return Ok((form, PyTuple::new(py, slots)?, state, mark).into_pyobject(py)?.into_any());
    }
    if written.setstate {
        let (first, later) = defer((known, py), slots, 1, None)?;
        return filled((object, known), (form, first), (later, state), mark);
    }
    // Each slot has its whole value at once, because the derived `__setstate__` is called only once.
    let (slots, attributes) = match state.cast::<PyDict>() {
        Ok(some) => {
            let (slots, attributes) = patch(object, known, some)?;
            (core::iter::once(class).chain(slots.iter()).collect(), attributes)
        }
        Err(_) => (slots, None),
    };
    let (first, later) = defer((known, py), slots, 1, attributes)?;
    Ok((form, first, later, mark).into_pyobject(py)?.into_any())
}

/// Pickles an object with the derived state, for a `__setstate__` that is not the derived one.
fn with_own_setstate<'py>(object: &Bound<'py, PyAny>, known: &Known) -> PyResult<Bound<'py, PyAny>> {
    let (py, class) = (object.py(), object.get_type());
    let slots = flat(object, known, None, None)?;
    let attributes = attributes::of(object, known)?;
    let has_attributes = attributes.is_some();
    let all = slots.iter().cloned().chain(attributes.map(Bound::into_any)).collect::<Vec<_>>();
    let all = PyTuple::new(py, all)?;
    // A `__setstate__` of a subclass may hand it on to that of the class.
    let state = if known.written.setstate { all.into_any() } else { state::present(known, all)? };
    let arguments = (&class, &state).into_pyobject(py)?;
    if !known.handles && !has_attributes {
        return called((known, Mode::Given), arguments, Some(state));
    }
    let (form, mark) = (known.form(py, Mode::Given)?, Mark::new(object)?);
    if !mark.is_cycle() {
        return Ok((form, arguments, state, mark).into_pyobject(py)?.into_any());
    }
    let (first, later) = defer((known, py), slots, 0, None)?;
    filled((object, known), (form, (class, first).into_pyobject(py)?), (later, state), mark)
}

/// Pickles an object in a cycle that is made with empty slots: `later` fills these before the `__setstate__` that is
/// not the derived one is given a state.
fn filled<'py>(
    (object, known): (&Bound<'py, PyAny>, &Known),
    (form, arguments): (Bound<'py, Form>, Bound<'py, PyTuple>),
    (later, state): (Option<Bound<'py, PyAny>>, Bound<'py, PyAny>),
    mark: Mark,
) -> PyResult<Bound<'py, PyAny>> {
    let py = object.py();
    let state = match later {
        None => state,
        Some(later) => {
            let completion = Completion {
                form: known.form(py, Mode::Completed)?.unbind(),
                object: object.clone().unbind(),
                slots: later.cast_into::<PyTuple>()?.unbind(),
                state: state.unbind(),
            };
            Bound::new(py, completion)?.into_any()
        }
    };
    Ok((form, arguments, state, mark).into_pyobject(py)?.into_any())
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
            let (slots, later) = defer((known, py), slots, 1, attributes)?;
            let later = built(object, known, later)?;
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

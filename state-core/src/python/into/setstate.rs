//! `__setstate__` of a live object, which restores all of a state or nothing.

use alloc::vec::Vec;

use pyo3::exceptions::{PyException, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyInt, PyList, PyString, PyTuple};

use super::split_attributes;
use crate::python::attributes::Attributes;
use crate::python::class::form::{Form, Mode, Origin};
use crate::python::class::{Known, SlotName, state};
use crate::python::error::class_name;
use crate::python::into::incoming::{Incoming, Source};
use crate::python::into::items::Items;
use crate::python::into::keep::Keep;
use crate::python::out::flat;
use crate::python::types::handle::Scope;

/// `__setstate__`: accepts a flat state, which may be preceded by a form, or a dict of some of its slots, by name or
/// position, and of attributes by name.
pub(in crate::python) fn setstate<'py>(
    known: &Known,
    object: &Bound<'py, PyAny>,
    state: Borrowed<'_, 'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = object.py();
    let (state, attributes) = match state.cast::<PyDict>() {
        Ok(some) => patch(object, known, &some)?,
        Err(_) => (whole(&state)?, None),
    };
    let (form, start) = form_of(known, &state)?;
    let source = form.as_ref().map_or(Ok(Source::Present), |form| form.get().source(py))?;
    let (keep, _scope) = (Keep::new(py), known.handles.then(Scope::open));
    let mut items = Items::of(state.as_borrowed(), start..state.len(), &keep);
    let class = object.get_type();
    let attributes = match attributes {
        Some(attributes) => Some(Attributes::new(attributes, &class)?),
        None => split_attributes(known, &class, &mut items, source)?,
    };
    keep.told((known.calls.put)(object, &mut Incoming::new(items, source)))?;
    if let Some(attributes) = attributes {
        attributes.give(object, known)?;
    }
    Ok(py.None().into_bound(py))
}

/// The form of a state, if it has one, and the place of its first slot.
fn form_of<'py>(known: &Known, state: &Bound<'py, PyTuple>) -> PyResult<(Option<Bound<'py, Form>>, usize)> {
    if let Some(form) = state::form(known, state)? {
        return Ok((Some(form), 0));
    }
    let first = state.get_item(0).ok().and_then(|first| first.cast_into::<Form>().ok());
    let present = known.forms[Mode::Exact as usize].get();
    let form = first.filter(|form| form.get().is_of_class_of(present));
    let start = usize::from(form.is_some());
    Ok((form, start))
}

/// Fills an object that was made with empty slots, and returns what its author's `__setstate__` is given next.
pub(in crate::python) fn completed<'py>(known: &Known, arguments: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
    let py = arguments.py();
    let parts = arguments.extract::<(Bound<'_, PyAny>, Bound<'_, PyTuple>, Bound<'_, PyAny>)>();
    // The variants of an enum are never in a cycle, and all objects of one may be the same.
    let (Ok((object, slots, given)), None) = (parts, &known.variants) else {
        let text = "expected an object, its whole state, and what its own `__setstate__` is given";
        return Err(PyTypeError::new_err(alloc::format!("{}: {text}", known.calls.name)));
    };
    let (form, start) = form_of(known, &slots)?;
    let put = || {
        let source = form.as_ref().map_or(Ok(Source::Present), |form| form.get().source(py))?;
        let (keep, _scope) = (Keep::new(py), known.handles.then(Scope::open));
        let items = Items::of(slots.as_borrowed(), start..slots.len(), &keep);
        keep.told((known.calls.put)(&object, &mut Incoming::new(items, source)))
    };
    let is_older = form.as_ref().is_some_and(|form| !matches!(form.get().origin, Origin::Present));
    match put() {
        // An older state is what that method is for.
        Err(error) if is_older && error.is_instance_of::<PyException>(py) => Ok(given),
        put => put.map(|()| given),
    }
}

fn whole<'py>(state: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyTuple>> {
    if let Ok(state) = state.cast::<PyTuple>() {
        return Ok(state.clone());
    }
    match state.cast::<PyList>() {
        Ok(state) => Ok(state.to_tuple()),
        Err(_) => {
            let found = class_name(&state.get_type());
            Err(PyTypeError::new_err(alloc::format!("expected a tuple of the slots of a state, found {found}")))
        }
    }
}

/// A state and the attributes beside it.
pub(in crate::python) type Patched<'py> = (Bound<'py, PyTuple>, Option<Bound<'py, PyDict>>);

/// The object's state with some slots replaced, and the attributes in the dict.
pub(in crate::python) fn patch<'py>(
    object: &Bound<'py, PyAny>,
    known: &Known,
    some: &Bound<'py, PyDict>,
) -> PyResult<Patched<'py>> {
    let py = object.py();
    let mut slots: Vec<_> = flat(object, known, None, None)?;
    let attributes = PyDict::new(py);
    for (key, value) in some.iter() {
        if let Some(slot) = by_name(known, &key, some)? {
            slots[slot.at] = value;
            if slot.counted {
                // The count is not checked.
                slots[slot.at + 1] = py.None().into_bound(py);
            }
            continue;
        }
        if !key.is_instance_of::<PyInt>() {
            attributes.set_item(key, value)?;
            continue;
        }
        match slots.get_mut(key.extract::<usize>().unwrap_or(usize::MAX)) {
            Some(slot) => *slot = value,
            None => {
                let class = class_name(&object.get_type());
                return Err(PyTypeError::new_err(alloc::format!("{class} has no slot {key}, but {}", slots.len())));
            }
        }
    }
    Ok((PyTuple::new(py, slots)?, Some(attributes).filter(|attributes| !attributes.is_empty())))
}

/// The slot with a name, or with a former name if the dict does not have the present one.
///
/// # Errors
/// `TypeError` for a name that both a base and a class on it have.
fn by_name<'k>(known: &'k Known, key: &Bound<'_, PyAny>, some: &Bound<'_, PyDict>) -> PyResult<Option<&'k SlotName>> {
    let Ok(key) = key.cast::<PyString>() else { return Ok(None) };
    let Ok(name) = key.to_cow() else { return Ok(None) };
    let name = &*name;
    let mut named = known.names.iter().filter(|slot| slot.name == name);
    match (named.next(), named.next()) {
        (Some(_), Some(_)) => {
            let text = "a base and a class on it have a slot of this name; give it by position";
            Err(PyTypeError::new_err(alloc::format!("{name:?}: {text}")))
        }
        (Some(slot), None) => Ok(Some(slot)),
        _ => {
            let had = known.names.iter().find(|slot| slot.aliases.contains(&name));
            Ok(match had {
                Some(slot) if !some.contains(slot.name)? => Some(slot),
                _ => None,
            })
        }
    }
}

//! Pickling: the results of `__reduce_ex__` and `__getstate__`.
//!
//! An object is pickled as a call of its class's form with the slots of its state, so that it is never incomplete. Only
//! in a cycle is that impossible: an object that is reached from its own state is made with every slot empty that can
//! be, and gets its state as soon as it exists.

mod authors;
mod completion;
mod cycle;
pub(super) mod deepcopy;
mod scalars;
pub(super) mod slots;
pub(super) mod space;

use alloc::vec::Vec;

use pyo3::exceptions::PyTypeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple};

use crate::python::attributes;
use crate::python::class::form::{Form, Mode};
use crate::python::class::layer::Calls;
use crate::python::class::variants::flat_of_enum;
use crate::python::class::{Empty, Known, PickledBy, Written, state};
use crate::python::error::pickling;
use crate::python::lease::{Lender, lender};
use crate::python::out::cycle::Mark;
use crate::python::out::slots::Slots;
use crate::python::types::handle::Scope;

/// `__reduce_ex__`
pub(super) fn reduce_ex<'py>(known: &Known, object: &Bound<'py, PyAny>, protocol: i32) -> PyResult<Bound<'py, PyAny>> {
    let exact = known.is_class_of(object);
    if exact && !known.pickled_by.is_walk() {
        return at_once(known, object);
    }
    let written = authors::written_of(object, known, exact)?;
    if written.reduce {
        return object.call_method0(intern!(object.py(), "__reduce__"));
    }
    reduced(object, known, (exact, written), protocol)
}

/// `__reduce__`: pickles the same, ignoring what a subclass overrides, which may be the caller.
pub(super) fn reduce<'py>(known: &Known, object: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let exact = known.is_class_of(object);
    if exact && !known.pickled_by.is_walk() {
        return at_once(known, object);
    }
    let written = authors::written_of(object, known, exact)?;
    reduced(object, known, (exact, written), 4)
}

/// Pickles an object of a class with only numbers and text, or of a packed one.
fn at_once<'py>(known: &Known, object: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = object.py();
    let mut arguments = None;
    (known.calls.read)(object, &mut |root| {
        arguments = Some(match (known.pickled_by, &known.steps) {
            (PickledBy::Packed(packer), _) => (Mode::Packed, PyTuple::new(py, [packer(py, root)?])?),
            (_, steps) => (Mode::Exact, scalars::tuple(py, root, steps.as_deref().unwrap_or_default())?),
        });
        Ok(())
    })?;
    let (mode, arguments) = arguments.ok_or_else(|| PyTypeError::new_err("an object without a value"))?;
    match (known.pickled_by, &known.sets) {
        (PickledBy::Packed(_), Some(_)) => call(&known.form(py, mode)?, arguments),
        _ => call(known.forms[mode as usize].bind(py), arguments),
    }
}

fn call<'py>(form: &Bound<'py, Form>, arguments: Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
    Ok((form, arguments).into_pyobject(form.py())?.into_any())
}

fn reduced<'py>(
    object: &Bound<'py, PyAny>,
    known: &Known,
    (exact, written): (bool, Written),
    protocol: i32,
) -> PyResult<Bound<'py, PyAny>> {
    let py = object.py();
    if known.variants.is_some() {
        let slots = flat_of_enum(known.calls, object)?;
        return call(&known.form(py, Mode::Exact)?, slots);
    }
    if written.getstate || written.setstate {
        return authors::reduced(object, known, written, protocol);
    }
    let (mode, class) = match exact {
        true => (Mode::Exact, None),
        false => (Mode::Class, Some(object.get_type().into_any())),
    };
    let mut lend = if protocol >= 5 { lender(object, known.calls.borrow) } else { None };
    let mut slots = flat(object, known, class, lend.as_mut())?;
    let attributes = if exact && !known.attributes { None } else { attributes::of(object, known)? };
    let form = known.form(py, mode)?;
    if !known.handles && attributes.is_none() {
        return call(&form, PyTuple::new(py, slots)?);
    }
    let mark = Mark::new(object)?;
    if mark.is_cycle() {
        let (slots, later) = defer((known, py), slots, usize::from(!exact), attributes)?;
        let later = built(object, known, later)?;
        return Ok((form, slots, later, mark).into_pyobject(py)?.into_any());
    }
    slots.extend(attributes.map(Bound::into_any));
    Ok((form, PyTuple::new(py, slots)?, py.None(), mark).into_pyobject(py)?.into_any())
}

/// `__getstate__`
pub(super) fn getstate<'py>(known: &Known, object: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    match known.variants {
        // An enum produces one tuple, which is its state.
        Some(_) => Ok(flat_of_enum(known.calls, object)?.into_any()),
        None => state::present(known, slots_and_attributes(known, object)?),
    }
}

/// Returns what `__getstate__` gives, as a tuple without names.
fn slots_and_attributes<'py>(known: &Known, object: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyTuple>> {
    let mut slots = flat(object, known, None, None)?;
    slots.extend(attributes::of(object, known)?.map(Bound::into_any));
    PyTuple::new(object.py(), slots)
}

/// The slots of the flat state, preceded by `first`.
pub(super) fn flat<'py>(
    object: &Bound<'py, PyAny>,
    known: &Known,
    first: Option<Bound<'py, PyAny>>,
    lender: Option<&mut Lender<'py>>,
) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let _scope = known.handles.then(Scope::open);
    all_slots(object, known.calls, first, lender)
}

/// As [`flat`], with a table for Python objects that is already open if there can be any.
pub(super) fn all_slots<'py>(
    object: &Bound<'py, PyAny>,
    calls: &Calls,
    first: Option<Bound<'py, PyAny>>,
    lender: Option<&mut Lender<'py>>,
) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let py = object.py();
    let mut slots = Slots::new(py, lender, first);
    (calls.read)(object, &mut |root| space::take(root, &mut slots).map_err(|error| pickling(py, error)))?;
    slots.finish()
}

/// What pickle gives an object in a cycle, which Python itself restores if it is attributes alone.
fn built<'py>(
    object: &Bound<'py, PyAny>,
    known: &Known,
    later: Option<Bound<'py, PyAny>>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    match later.map(Bound::cast_into::<PyDict>) {
        Some(Ok(attributes)) => attributes::for_python(object, known, attributes).map(Some),
        Some(Err(later)) => Ok(Some(later.into_inner())),
        None => Ok(None),
    }
}

/// The slots with which an object in a cycle is made, preceded by a class if `start` is 1, and what it gets afterwards:
/// its form and whole state, so that an older state is matched too. Objects that cannot get that have at least their
/// attributes.
fn defer<'py>(
    (known, py): (&Known, Python<'py>),
    slots: Vec<Bound<'py, PyAny>>,
    start: usize,
    attributes: Option<Bound<'py, PyDict>>,
) -> PyResult<(Bound<'py, PyTuple>, Option<Bound<'py, PyAny>>)> {
    if known.calls.frozen {
        return Ok((PyTuple::new(py, slots)?, attributes.map(Bound::into_any)));
    }
    let mut first = slots.clone();
    for &(at, empty) in &known.deferrable {
        if let Some(slot) = first.get_mut(start + at) {
            *slot = match empty {
                Empty::None => py.None().into_bound(py),
                Empty::List => PyList::empty(py).into_any(),
                Empty::Dict => PyDict::new(py).into_any(),
            };
        }
    }
    if known.deferrable.is_empty() && attributes.is_none() {
        return Ok((PyTuple::new(py, first)?, None));
    }
    let form = known.form(py, Mode::Exact)?.into_any();
    let whole = core::iter::once(form).chain(slots.into_iter().skip(start)).chain(attributes.map(Bound::into_any));
    let later = PyTuple::new(py, whole.collect::<Vec<_>>())?;
    Ok((PyTuple::new(py, first)?, Some(later.into_any())))
}

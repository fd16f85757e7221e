//! The way out: what `__reduce_ex__` and `__getstate__` give.
//!
//! An object is pickled as a call of its class's form with the slots of its state, so that it is whole from the first
//! moment on. Only in a cycle that cannot be: an object that is reached from its own state is made with those slots empty
//! that can be, and given its state again as soon as it is known.

mod authors;
mod cycle;
pub(super) mod deepcopy;
pub(super) mod lease;
pub(super) mod slots;

use alloc::vec::Vec;

use pyo3::exceptions::PyTypeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple};

use crate::python::attributes;
use crate::python::class::form::{Form, Mode};
use crate::python::class::layer::Layer;
use crate::python::class::variants::flat_of_enum;
use crate::python::class::{Empty, Known, Way, Written, known};
use crate::python::out::cycle::Mark;
use crate::python::out::lease::{Lender, lender};
use crate::python::out::slots::Slots;
use crate::python::types::handle::Scope;

/// `__reduce_ex__`
pub(super) fn reduce_ex<'py, T: Layer>(object: Borrowed<'_, 'py, T>, protocol: i32) -> PyResult<Bound<'py, PyAny>> {
    let (known, exact) = (known::<T>(object.py())?, T::is_exact_type_of(object.as_any()));
    if exact && known.way != Way::Walk {
        return at_once::<T>(object, known);
    }
    let written = authors::written_of::<T>(object.as_any(), known, exact)?;
    if written.reduce {
        return object.as_any().call_method0(intern!(object.py(), "__reduce__"));
    }
    reduced::<T>(object.as_any(), known, (exact, written), protocol)
}

/// `__reduce__`: the same, whatever a subclass has in its place, as it may be what asks.
pub(super) fn reduce<'py, T: Layer>(object: Borrowed<'_, 'py, T>) -> PyResult<Bound<'py, PyAny>> {
    let (known, exact) = (known::<T>(object.py())?, T::is_exact_type_of(object.as_any()));
    if exact && known.way != Way::Walk {
        return at_once::<T>(object, known);
    }
    let written = authors::written_of::<T>(object.as_any(), known, exact)?;
    reduced::<T>(object.as_any(), known, (exact, written), 4)
}

/// An object of a class of numbers and texts alone, or one that is packed.
fn at_once<'py, T: Layer>(object: Borrowed<'_, 'py, T>, known: &Known) -> PyResult<Bound<'py, PyAny>> {
    let py = object.py();
    let (mode, arguments) = match &known.steps {
        Some(steps) if known.way == Way::Steps => (Mode::Exact, T::quick_tuple(&object, steps)?),
        _ => (Mode::Packed, PyTuple::new(py, [T::pack(object.as_any())?])?),
    };
    call(known.form(py, mode), arguments)
}

fn call<'py>(form: &Bound<'py, Form>, arguments: Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
    Ok((form, arguments).into_pyobject(form.py())?.into_any())
}

fn reduced<'py, T: Layer>(
    object: &Bound<'py, PyAny>,
    known: &Known,
    (exact, written): (bool, Written),
    protocol: i32,
) -> PyResult<Bound<'py, PyAny>> {
    let py = object.py();
    if known.variants.is_some() {
        return call(known.form(py, Mode::Exact), flat_of_enum::<T>(object)?);
    }
    if written.getstate || written.setstate {
        return authors::reduced::<T>(object, known, written, protocol);
    }
    let (form, class) = match exact {
        true => (known.form(py, Mode::Exact), None),
        false => (known.form(py, Mode::Class), Some(object.get_type().into_any())),
    };
    let mut lend = if protocol >= 5 { lender::<T>(object) } else { None };
    let mut slots = flat::<T>(object, known, class, lend.as_mut())?;
    let attributes = if exact && !known.attributes { None } else { attributes::of::<T>(object)? };
    if !known.handles && attributes.is_none() {
        return call(form, PyTuple::new(py, slots)?);
    }
    let mark = Mark::new(object)?;
    if mark.is_cycle() {
        let (slots, later) = defer::<T>(known, slots, usize::from(!exact), attributes)?;
        return Ok((form, slots, later).into_pyobject(py)?.into_any());
    }
    slots.extend(attributes.map(Bound::into_any));
    Ok((form, PyTuple::new(py, slots)?, py.None(), mark).into_pyobject(py)?.into_any())
}

/// `__getstate__`
pub(super) fn getstate<'py, T: Layer>(object: Borrowed<'_, 'py, T>) -> PyResult<Bound<'py, PyAny>> {
    let (py, object, known) = (object.py(), object.as_any(), known::<T>(object.py())?);
    if known.variants.is_some() {
        // An enum hands over one tuple, which is its state.
        return Ok(flat_of_enum::<T>(object)?.into_any());
    }
    let mut slots = flat::<T>(object, known, None, None)?;
    slots.extend(attributes::of::<T>(object)?.map(Bound::into_any));
    Ok(PyTuple::new(py, slots)?.into_any())
}

/// The slots of the flat state, behind `first`.
pub(super) fn flat<'py, T: Layer>(
    object: &Bound<'py, PyAny>,
    known: &Known,
    first: Option<Bound<'py, PyAny>>,
    lender: Option<&mut Lender<'py>>,
) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let _scope = known.handles.then(Scope::open);
    let mut slots = Slots::new(object.py(), lender, first);
    T::dump(object, &mut slots)?;
    slots.finish()
}

/// What an object of a cycle is made with, behind a class if `start` is 1, and what it is given afterwards: its form and
/// whole state, so that an older one is matched too. Objects that cannot be given that have at least their attributes.
fn defer<'py, T: Layer>(
    known: &Known,
    slots: Vec<Bound<'py, PyAny>>,
    start: usize,
    attributes: Option<Bound<'py, PyDict>>,
) -> PyResult<(Bound<'py, PyTuple>, Option<Bound<'py, PyAny>>)> {
    let Some(py) = slots.first().map(Bound::py).or(attributes.as_ref().map(Bound::py)) else {
        return Err(PyTypeError::new_err("a cycle through an object without slots"));
    };
    if T::FROZEN {
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
    let form = known.form(py, Mode::Exact).clone().into_any();
    let whole = core::iter::once(form).chain(slots.into_iter().skip(start)).chain(attributes.map(Bound::into_any));
    let later = PyTuple::new(py, whole.collect::<Vec<_>>())?;
    Ok((PyTuple::new(py, first)?, Some(later.into_any())))
}

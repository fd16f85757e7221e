//! The way out: what `__reduce_ex__` and `__getstate__` give.
//!
//! An object is pickled as a call of its class's function with the class and the slots of its state, so that it is
//! whole from the first moment on. Only in a cycle that cannot be: an object that is reached from its own state is made
//! with those slots empty that can be, and given them as soon as it is known.

mod cycle;
pub(super) mod deepcopy;
pub(super) mod lease;
pub(super) mod slots;

use alloc::vec::Vec;

use pyo3::exceptions::PyTypeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple, PyType};

use crate::python::attributes;
use crate::python::class::layer::Layer;
use crate::python::class::lineage;
use crate::python::class::{Empty, Known, Way, Written, known, written_by};
use crate::python::out::cycle::Mark;
use crate::python::out::lease::{Lender, lender};
use crate::python::out::slots::Slots;
use crate::python::types::handle::Scope;

/// `__reduce_ex__`
pub(super) fn reduce_ex<'py, T: Layer>(object: Borrowed<'_, 'py, T>, protocol: i32) -> PyResult<Bound<'py, PyAny>> {
    let (py, exactly) = (object.py(), object);
    let (object, known) = (object.as_any(), known::<T>(py)?);
    let exact = T::is_exact_type_of(object);
    let slots = match (known.way, &known.steps) {
        (Way::Steps, Some(steps)) if exact => Some(T::quick_tuple(&exactly, steps)?),
        (Way::Packed, _) if exact => Some(PyTuple::new(py, [T::pack(object)?])?),
        _ => None,
    };
    if let Some(slots) = slots {
        return Ok((known.makers.from_slots.bind(py), slots).into_pyobject(py)?.into_any());
    }
    if let Some(variants) = &known.variants {
        return variants.reduce::<T>(object, known);
    }
    let class = object.get_type();
    let written = if exact { known.written } else { subclass::<T>(&class, known)? };
    if written.reduce {
        return object.call_method0(intern!(py, "__reduce__"));
    }
    let from_state = known.makers.from_state.bind(py);
    if written.getstate && !written.setstate {
        let state = object.call_method0(intern!(py, "__getstate__"))?;
        let state = state.cast_into::<PyTuple>().map_err(|error| {
            let found = crate::python::error::class_name(&error.into_inner().get_type());
            PyTypeError::new_err(alloc::format!(
                "__getstate__ without __setstate__ returns a tuple of slots, not {found}"
            ))
        })?;
        let arguments = core::iter::once(class.into_any()).chain(state.iter()).collect::<Vec<_>>();
        return Ok((from_state, PyTuple::new(py, arguments)?).into_pyobject(py)?.into_any());
    }
    let mut lend = if protocol >= 5 { lender::<T>(object) } else { None };
    let mut slots = flat::<T>(object, known, Some(class.into_any()), lend.as_mut())?;
    if written.setstate {
        let state = object.call_method0(intern!(py, "__getstate__"))?;
        return Ok((from_state, PyTuple::new(py, slots)?, state).into_pyobject(py)?.into_any());
    }
    let attributes = if exact && !known.attributes { None } else { attributes::of::<T>(object)? };
    if !known.handles && attributes.is_none() {
        return Ok((from_state, PyTuple::new(py, slots)?).into_pyobject(py)?.into_any());
    }
    let (mark, is_cycle) = Mark::new(object);
    if is_cycle {
        let later = defer::<T>(py, known, &mut slots[1..], attributes)?;
        let later = later.map_or_else(|| py.None().into_bound(py), Bound::into_any);
        return Ok((from_state, PyTuple::new(py, slots)?, later).into_pyobject(py)?.into_any());
    }
    slots.extend(attributes.map(Bound::into_any));
    Ok((from_state, PyTuple::new(py, slots)?, py.None(), mark).into_pyobject(py)?.into_any())
}

/// The methods that a subclass has of its own. One whose objects could not be made again is refused here, where it is
/// told to who pickles, and not to who loads.
fn subclass<T: Layer>(class: &Bound<'_, PyType>, known: &Known) -> PyResult<Written> {
    let written = written_by(class, known)?;
    if !written.reduce {
        lineage::check(class, &T::type_object(class.py()))?;
    }
    Ok(written)
}

/// `__getstate__`
pub(super) fn getstate<'py, T: Layer>(object: Borrowed<'_, 'py, T>) -> PyResult<Bound<'py, PyAny>> {
    let (py, object) = (object.py(), object.as_any());
    let mut slots = flat::<T>(object, known::<T>(py)?, None, None)?;
    if known::<T>(py)?.variants.is_some() {
        // An enum hands over one tuple, which is its state.
        return slots.pop().ok_or_else(|| PyTypeError::new_err("an enum without a variant"));
    }
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

/// Empties the slots that lead to objects of Python, where they can be; gives what has to be put in later.
pub(super) fn defer<'py, T: Layer>(
    py: Python<'py>,
    known: &Known,
    slots: &mut [Bound<'py, PyAny>],
    attributes: Option<Bound<'py, PyDict>>,
) -> PyResult<Option<Bound<'py, PyDict>>> {
    let later = match attributes {
        Some(attributes) => attributes,
        None => PyDict::new(py),
    };
    for &(at, empty) in known.deferrable.iter().filter(|_| !T::FROZEN) {
        let Some(slot) = slots.get_mut(at) else { continue };
        let empty = match empty {
            Empty::None => py.None().into_bound(py),
            Empty::List => PyList::empty(py).into_any(),
            Empty::Dict => PyDict::new(py).into_any(),
        };
        later.set_item(at, core::mem::replace(slot, empty))?;
    }
    Ok(Some(later).filter(|later| !later.is_empty()))
}

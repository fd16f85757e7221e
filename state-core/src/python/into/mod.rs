//! The way in: an object made of its class and state, and a live one that is given another state. This file holds
//! `unsafe` code.

pub(super) mod items;
pub(super) mod keep;
pub(super) mod slot;

use alloc::vec::Vec;

use pyo3::exceptions::PyTypeError;
use pyo3::impl_::pymethods::tp_new_impl;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyInt, PyList, PyTuple, PyType};

use crate::python::attributes::Attributes;
use crate::python::class::layer::Layer;
use crate::python::class::lineage;
use crate::python::class::{Known, Way, known};
use crate::python::error::{class_name, unpickling};
use crate::python::into::items::Items;
use crate::python::into::keep::Keep;
use crate::python::into::slot::Slot;
use crate::python::out::flat;
use crate::python::types::handle::Scope;

/// The function that pickles name, with the class and the slots of the state.
pub(super) fn from_state<'py, T: Layer>(arguments: Borrowed<'_, 'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = arguments.py();
    let arguments = arguments.cast::<PyTuple>()?;
    let known = known::<T>(py)?;
    let class = arguments.get_item(0).ok().and_then(|class| class.cast_into::<PyType>().ok());
    let class = class.ok_or_else(|| PyTypeError::new_err("expected a class, and the slots of a state"))?;
    let exact = class.is(T::type_object(py));
    if !exact {
        lineage::check(&class, &T::type_object(py))?;
    }
    make::<T>(known, &class, exact, arguments, 1)
}

/// The function that pickles of objects of exactly the class name, with the slots of the state or, of one that is
/// packed, its native bytes.
pub(super) fn from_slots<'py, T: Layer>(arguments: Borrowed<'_, 'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = arguments.py();
    let arguments = arguments.cast::<PyTuple>()?;
    let (known, class) = (known::<T>(py)?, T::type_object(py));
    if let (Way::Packed, 1, Ok(packed)) = (known.way, arguments.len(), arguments.get_borrowed_item(0)) {
        if let Ok(bytes) = packed.cast::<PyBytes>() {
            let keep = Keep::new(py);
            let mut none = Items::of(arguments, 1..1, &keep);
            let values = T::unpack(bytes.as_bytes(), &mut none).map_err(|error| unpickling(py, &error))?;
            return object::<T>(values, &class, true);
        }
    }
    make::<T>(known, &class, true, arguments, 0)
}

/// An object of a class that was tested.
fn object<'py, T: Layer>(values: T::Values, class: &Bound<'py, PyType>, exact: bool) -> PyResult<Bound<'py, PyAny>> {
    if exact {
        return Ok(Bound::new(class.py(), T::initializer(values))?.into_any());
    }
    // SAFETY: `class` is the class of `T` or a subclass, between which and it no class keeps anything that its own
    // constructor would have to make.
    unsafe { instance::<T>(values, class) }
}

/// An object of the slots that stand in `arguments` from `start` on.
pub(super) fn make<'py, T: Layer>(
    known: &Known,
    class: &Bound<'py, PyType>,
    exact: bool,
    arguments: Borrowed<'_, 'py, PyTuple>,
    start: usize,
) -> PyResult<Bound<'py, PyAny>> {
    let py = class.py();
    let keep = Keep::new(py);
    let mut state = Items::of(arguments, start..arguments.len(), &keep);
    if let Some(values) = known.steps.as_deref().and_then(|steps| T::quick_values(steps, &mut state)) {
        return object::<T>(values.map_err(|error| unpickling(py, &error))?, class, exact);
    }
    let _scope = known.handles.then(Scope::open);
    let attributes = split_attributes(known, class, &mut state)?;
    let variant = match &known.variants {
        Some(variants) => Some(variants.of_state(&state)?),
        None => None,
    };
    let values = T::values(&mut state, true).map_err(|error| unpickling(py, &error))?;
    match variant {
        Some(variant) => variant.make::<T>(py, values),
        None => {
            let object = object::<T>(values, class, exact)?;
            if let Some(attributes) = attributes {
                attributes.give::<T>(&object)?;
            }
            Ok(object)
        }
    }
}

/// An object of a class, with the values of `T`.
///
/// # Safety
/// `class` is that of `T` or a subclass of it, whose objects hold nothing more than `T`'s and attributes.
pub(super) unsafe fn instance<'py, T: Layer>(
    values: T::Values,
    class: &Bound<'py, PyType>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = class.py();
    // SAFETY: `class` is the class of `T` or a subclass, says the caller.
    let object = unsafe { tp_new_impl::<_, T>(py, T::initializer(values), class.as_type_ptr()) }?;
    // SAFETY: a new reference.
    Ok(unsafe { Bound::from_owned_ptr(py, object) })
}

/// The attributes at the end of a state, if it has one slot more than those of the values.
fn split_attributes<'py>(
    known: &Known,
    class: &Bound<'py, PyType>,
    state: &mut Items<'_, 'py>,
) -> PyResult<Option<Attributes<'py>>> {
    if known.variants.is_some() || state.len() != known.slots + 1 {
        return Ok(None);
    }
    match state.final_slot().and_then(Slot::dict) {
        Some(given) => {
            state.drop_final();
            Attributes::new(given, class).map(Some)
        }
        None => Ok(None),
    }
}

/// `__setstate__`: a flat state, or a dict of some of its slots by position and of attributes by name.
pub(super) fn setstate<'py, T: Layer>(
    object: Borrowed<'_, 'py, T>,
    state: Borrowed<'_, 'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = object.py();
    let known = known::<T>(py)?;
    let class = object.as_any().get_type();
    let (state, attributes) = match state.cast::<PyDict>() {
        Ok(some) => patch::<T>(object.as_any(), known, &some)?,
        Err(_) => (whole(&state)?, None),
    };
    let (keep, _scope) = (Keep::new(py), known.handles.then(Scope::open));
    let mut items = Items::of(state.as_borrowed(), 0..state.len(), &keep);
    let attributes = match attributes {
        Some(attributes) => Some(Attributes::new(attributes, &class)?),
        None => split_attributes(known, &class, &mut items)?,
    };
    <T as Layer>::put(&object, items)?;
    if let Some(attributes) = attributes {
        attributes.give::<T>(object.as_any())?;
    }
    Ok(py.None().into_bound(py))
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
type Patched<'py> = (Bound<'py, PyTuple>, Option<Bound<'py, PyDict>>);

/// The object's state with some slots replaced, and the attributes among them.
fn patch<'py, T: Layer>(
    object: &Bound<'py, PyAny>,
    known: &Known,
    some: &Bound<'py, PyDict>,
) -> PyResult<Patched<'py>> {
    let py = object.py();
    let mut slots: Vec<_> = flat::<T>(object, known, None, None)?;
    let attributes = PyDict::new(py);
    for (key, value) in some.iter() {
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

//! The way in: what a form makes of the slots that it is called with, and `__setstate__`. This file holds `unsafe` code.

mod blank;
pub(super) mod incoming;
pub(super) mod items;
pub(super) mod keep;
pub(super) mod older;
mod setstate;
pub(super) mod slot;

use pyo3::exceptions::PyTypeError;
use pyo3::impl_::pymethods::tp_new_impl;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyInt, PyTuple, PyType};

pub(super) use self::setstate::setstate;
use crate::python::attributes::Attributes;
use crate::python::class::form::{Form, Mode, Origin};
use crate::python::class::layer::Layer;
use crate::python::class::{Known, Way, known, lineage};
use crate::python::error::unpickling;
use crate::python::into::incoming::{Incoming, Source};
use crate::python::into::items::Items;
use crate::python::into::keep::Keep;
use crate::python::into::slot::Slot;
use crate::python::types::handle::Scope;

/// The function that pickles name first: the form of the schemas that they bring.
pub(super) fn form_of<'py, T: Layer>(arguments: Borrowed<'_, 'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let (py, arguments) = (arguments.py(), arguments.cast::<PyTuple>()?);
    let known = known::<T>(py)?;
    let mode = match arguments.get_borrowed_item(0).ok().and_then(|first| first.cast::<PyInt>().ok()) {
        None => Some(Mode::Exact),
        Some(number) => {
            let number: usize = number.extract().unwrap_or(usize::MAX);
            Mode::ALL.get(number).copied().filter(|mode| *mode != Mode::Exact)
        }
    };
    let mode = mode.ok_or_else(|| PyTypeError::new_err("expected a form that this version of the class knows"))?;
    let form = known.form(py, mode);
    if form.get().arguments(py).eq(arguments)? {
        return Ok(form.clone().into_any());
    }
    Ok(Form::older(arguments, form, (&known.schemas, known.written.setstate))?.into_any())
}

/// Makes an object of what a form was called with.
pub(super) fn called<'py, T: Layer>(form: &Form, arguments: Borrowed<'_, 'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
    let py = arguments.py();
    let known = known::<T>(py)?;
    let source = match &form.origin {
        Origin::Present => Source::Present,
        Origin::Older(older) => Source::Older(older),
        Origin::Unmatched => Source::Blank,
    };
    let sets_itself = known.written.setstate && known.variants.is_none();
    if form.mode == Mode::Exact {
        let class = T::type_object(py);
        return match sets_itself {
            true => set_by_author::<T>(known, (&class, true), &arguments.to_owned(), source),
            false => make::<T>(known, (&class, true), (arguments, 0), source),
        };
    }
    if form.mode == Mode::Packed {
        return packed_or_slots::<T>(known, arguments, source);
    }
    let (class, exact) = class_of::<T>(arguments)?;
    match form.mode {
        Mode::Given => given::<T>(known, (&class, exact), &arguments.get_item(1)?.cast_into()?, source),
        Mode::Class if sets_itself => {
            set_by_author::<T>(known, (&class, exact), &arguments.get_slice(1, arguments.len()), source)
        }
        Mode::Blank => make::<T>(known, (&class, exact), (PyTuple::empty(py).as_borrowed(), 0), Source::Blank),
        _ => make::<T>(known, (&class, exact), (arguments, 1), source),
    }
}

/// The class in front of a state, and whether it is the registered one.
fn class_of<'py, T: Layer>(arguments: Borrowed<'_, 'py, PyTuple>) -> PyResult<(Bound<'py, PyType>, bool)> {
    let py = arguments.py();
    let class = arguments.get_item(0).ok().and_then(|class| class.cast_into::<PyType>().ok());
    let class = class.ok_or_else(|| PyTypeError::new_err("expected a class, and the slots of a state"))?;
    let exact = class.is(T::type_object(py));
    if !exact {
        lineage::check(&class, &T::type_object(py))?;
    }
    Ok((class, exact))
}

/// The object that its own `__setstate__` is given a state for: with that state already, if it can be matched.
fn given<'py, T: Layer>(
    known: &Known,
    class: (&Bound<'py, PyType>, bool),
    state: &Bound<'py, PyTuple>,
    source: Source<'_>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = state.py();
    let keep = Keep::new(py);
    let mut items = Items::of(state.as_borrowed(), 0..state.len(), &keep);
    let _scope = known.handles.then(Scope::open);
    split_attributes(known, class.0, &mut items, source)?;
    let values = match T::values(&mut Incoming::new(items, source), true) {
        // An older state is what that method is there for.
        Err(_) if !matches!(source, Source::Present) => blank::<T>(py)?,
        values => values.map_err(|error| unpickling(py, &error))?,
    };
    object::<T>(values, class.0, class.1)
}

/// The object of a state that was pickled when the class had no `__setstate__` of its author's: that is given it now.
fn set_by_author<'py, T: Layer>(
    known: &Known,
    class: (&Bound<'py, PyType>, bool),
    state: &Bound<'py, PyTuple>,
    source: Source<'_>,
) -> PyResult<Bound<'py, PyAny>> {
    let object = given::<T>(known, class, state, source)?;
    object.call_method1(intern!(state.py(), "__setstate__"), (state,))?;
    Ok(object)
}

/// Values that say nothing.
fn blank<T: Layer>(py: Python<'_>) -> PyResult<T::Values> {
    let (keep, nothing) = (Keep::new(py), PyTuple::empty(py));
    let items = Items::of(nothing.as_borrowed(), 0..0, &keep);
    T::values(&mut Incoming::new(items, Source::Blank), true).map_err(|error| unpickling(py, &error))
}

/// Whether there are values that say nothing.
///
/// # Errors
/// Why there are none.
pub(super) fn can_be_blank<T: Layer>(py: Python<'_>, known: &Known) -> PyResult<()> {
    let _scope = known.handles.then(Scope::open);
    blank::<T>(py).map(drop)
}

/// The function that pickles named before there were forms, with the class and the slots of the state.
pub(super) fn from_state<'py, T: Layer>(arguments: Borrowed<'_, 'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let arguments = arguments.cast::<PyTuple>()?;
    let (class, exact) = class_of::<T>(arguments)?;
    make::<T>(known::<T>(arguments.py())?, (&class, exact), (arguments, 1), Source::Present)
}

/// The function that pickles of objects of exactly the class named before there were forms, with the slots of the state
/// or, of one that is packed, its native bytes.
pub(super) fn from_slots<'py, T: Layer>(arguments: Borrowed<'_, 'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let (arguments, known) = (arguments.cast::<PyTuple>()?, known::<T>(arguments.py())?);
    if known.way == Way::Packed {
        return packed_or_slots::<T>(known, arguments, Source::Present);
    }
    make::<T>(known, (&T::type_object(arguments.py()), true), (arguments, 0), Source::Present)
}

fn packed_or_slots<'py, T: Layer>(
    known: &Known,
    arguments: Borrowed<'_, 'py, PyTuple>,
    source: Source<'_>,
) -> PyResult<Bound<'py, PyAny>> {
    if arguments.len() == 1 && arguments.get_item(0)?.is_instance_of::<PyBytes>() {
        return unpacked::<T>(known, arguments, source);
    }
    make::<T>(known, (&T::type_object(arguments.py()), true), (arguments, 0), source)
}

fn unpacked<'py, T: Layer>(
    known: &Known,
    arguments: Borrowed<'_, 'py, PyTuple>,
    source: Source<'_>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = arguments.py();
    let packed = arguments.get_item(0)?.cast_into::<PyBytes>()?;
    let keep = Keep::new(py);
    let items = Items::of(arguments, 1..1, &keep);
    let values = match source {
        Source::Older(older) if known.schemas.len() == 1 => {
            T::values(&mut Incoming::new(items, Source::Packed(older, packed.as_bytes())), true)
        }
        _ => T::unpack(packed.as_bytes(), &mut Incoming::new(items, source)),
    };
    object::<T>(values.map_err(|error| unpickling(py, &error))?, &T::type_object(py), true)
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

/// An object of the slots that stand in a tuple from a place on.
pub(super) fn make<'py, T: Layer>(
    known: &Known,
    (class, exact): (&Bound<'py, PyType>, bool),
    (arguments, start): (Borrowed<'_, 'py, PyTuple>, usize),
    source: Source<'_>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = class.py();
    let keep = Keep::new(py);
    let mut state = Incoming::new(Items::of(arguments, start..arguments.len(), &keep), source);
    if state.is_present() {
        if let Some(values) = known.steps.as_deref().and_then(|steps| T::quick_values(steps, &mut state)) {
            return object::<T>(values.map_err(|error| unpickling(py, &error))?, class, exact);
        }
    }
    let _scope = known.handles.then(Scope::open);
    let attributes = split_attributes(known, class, &mut state.items, source)?;
    let variant = match &known.variants {
        Some(variants) => Some(variants.of_state(&state.items, T::schema())?),
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
    items: &mut Items<'_, 'py>,
    source: Source<'_>,
) -> PyResult<Option<Attributes<'py>>> {
    let slots = match source {
        Source::Older(older) => older.slots,
        _ => known.slots,
    };
    if known.variants.is_some() || items.len() != slots.saturating_add(1) {
        return Ok(None);
    }
    match items.final_slot().and_then(Slot::dict) {
        Some(given) => {
            items.drop_final();
            Attributes::new(given, class).map(Some)
        }
        None => Ok(None),
    }
}

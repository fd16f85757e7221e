//! Reading of states: what a form does with the slots that it is called with, and `__setstate__`. This file holds
//! `unsafe` code.

mod blank;
pub(super) mod incoming;
pub(super) mod items;
pub(super) mod keep;
pub(super) mod older;
mod quick;
mod setstate;
pub(super) mod slot;

use alloc::format;

use pyo3::exceptions::{PyException, PyTypeError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyInt, PyTuple, PyType};

pub(super) use self::setstate::{completed, patch, setstate};
use crate::python::attributes::Attributes;
use crate::python::class::form::{Form, Mode, Origin};
use crate::python::class::{Known, PickledBy, lineage};
use crate::python::into::incoming::{Incoming, Source};
use crate::python::into::items::Items;
use crate::python::into::keep::Keep;
use crate::python::into::quick::Quick;
use crate::python::into::slot::Slot;
use crate::python::types::handle::Scope;

/// The function that pickles name first: returns the form of the schemas that they carry.
pub(super) fn form_of<'py>(known: &Known, arguments: Borrowed<'_, 'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let (py, arguments) = (arguments.py(), arguments.cast::<PyTuple>()?);
    let mode = match arguments.get_borrowed_item(0).ok().and_then(|first| first.cast::<PyInt>().ok()) {
        None => Some(Mode::Exact),
        Some(number) => {
            let number: usize = number.extract().unwrap_or(usize::MAX);
            Mode::ALL.get(number).copied().filter(|mode| *mode != Mode::Exact)
        }
    };
    let mode = mode.ok_or_else(|| {
        let text = "expected a form that this version of the class knows; update the module that has it";
        PyTypeError::new_err(format!("{}: {text}", known.calls.name))
    })?;
    let form = known.form(py, mode)?;
    if form.get().arguments(py).eq(arguments)? {
        return Ok(form.into_any());
    }
    Ok(Form::older(arguments, form, known)?.into_any())
}

/// Makes an object from the arguments of a form.
pub(super) fn called<'py>(
    known: &Known,
    form: &Form,
    arguments: Borrowed<'_, 'py, PyTuple>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = arguments.py();
    let source = match &form.origin {
        Origin::Present => Source::Present,
        Origin::Older(older) => Source::Older(older),
        Origin::Unmatched(_) => Source::Blank,
    };
    let sets_itself = known.written.setstate && known.variants.is_none();
    if form.mode == Mode::Exact {
        let class = known.class.bind(py);
        return match sets_itself {
            true => set_by_author(known, class, &arguments.to_owned(), source),
            false => make(known, class, (arguments, 0), source),
        };
    }
    if form.mode == Mode::Packed {
        return packed_or_slots(known, arguments, source);
    }
    let class = class_of(known, arguments)?;
    match form.mode {
        Mode::Given => {
            let state = arguments.get_item(1).ok().and_then(|state| state.cast_into().ok());
            let state = state.ok_or_else(|| {
                PyTypeError::new_err(format!("{}: expected a class, and the tuple of its slots", known.calls.name))
            })?;
            given(known, &class, &state, source)
        }
        Mode::Class if sets_itself => set_by_author(known, &class, &arguments.get_slice(1, arguments.len()), source),
        Mode::Blank => make(known, &class, (PyTuple::empty(py).as_borrowed(), 0), Source::Blank),
        _ => make(known, &class, (arguments, 1), source),
    }
}

/// The class before a state: the registered one, or a subclass that can be made from it.
fn class_of<'py>(known: &Known, arguments: Borrowed<'_, 'py, PyTuple>) -> PyResult<Bound<'py, PyType>> {
    let py = arguments.py();
    let class = arguments.get_item(0).ok().and_then(|class| class.cast_into::<PyType>().ok());
    let class = class.ok_or_else(|| {
        PyTypeError::new_err(format!("{}: expected a class, and the slots of its state", known.calls.name))
    })?;
    if !class.is(&known.class) {
        lineage::check(&class, known.class.bind(py))?;
    }
    Ok(class)
}

/// Makes the object whose own `__setstate__` is called next: with its state already, if it can be matched.
fn given<'py>(
    known: &Known,
    class: &Bound<'py, PyType>,
    state: &Bound<'py, PyTuple>,
    source: Source<'_>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = state.py();
    let keep = Keep::new(py);
    let mut items = Items::of(state.as_borrowed(), 0..state.len(), &keep);
    let _scope = known.handles.then(Scope::open);
    split_attributes(known, class, &mut items, source)?;
    match keep.told(object(known, class, Incoming::new(items, source))) {
        // An older state is what that method is for.
        Err(error) if !matches!(source, Source::Present) && error.is_instance_of::<PyException>(py) => {
            blank(known, class)
        }
        made => made,
    }
}

/// Makes the object of a state that was pickled before the class had its author's `__setstate__`, and calls that
/// method.
fn set_by_author<'py>(
    known: &Known,
    class: &Bound<'py, PyType>,
    state: &Bound<'py, PyTuple>,
    source: Source<'_>,
) -> PyResult<Bound<'py, PyAny>> {
    let object = given(known, class, state, source)?;
    object.call_method1(intern!(state.py(), "__setstate__"), (state,))?;
    Ok(object)
}

/// An empty object.
fn blank<'py>(known: &Known, class: &Bound<'py, PyType>) -> PyResult<Bound<'py, PyAny>> {
    let (keep, nothing) = (Keep::new(class.py()), PyTuple::empty(class.py()));
    object(known, class, Incoming::new(Items::of(nothing.as_borrowed(), 0..0, &keep), Source::Blank))
}

/// Checks that empty objects can be made.
///
/// # Errors
/// The reason why not.
pub(super) fn can_be_blank(py: Python<'_>, known: &Known) -> PyResult<()> {
    let _scope = known.handles.then(Scope::open);
    blank(known, known.class.bind(py)).map(drop)
}

/// The function that pickles named before there were forms, called with the class and the slots of the state.
pub(super) fn from_state<'py>(known: &Known, arguments: Borrowed<'_, 'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let arguments = arguments.cast::<PyTuple>()?;
    let class = class_of(known, arguments)?;
    make(known, &class, (arguments, 1), Source::Present)
}

/// The function that pickles of objects of exactly the class named before there were forms, called with the slots of
/// the state or, for a packed class, its native bytes.
pub(super) fn from_slots<'py>(known: &Known, arguments: Borrowed<'_, 'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let arguments = arguments.cast::<PyTuple>()?;
    if let PickledBy::Packed(_) = known.pickled_by {
        return packed_or_slots(known, arguments, Source::Present);
    }
    make(known, known.class.bind(arguments.py()), (arguments, 0), Source::Present)
}

fn packed_or_slots<'py>(
    known: &Known,
    arguments: Borrowed<'_, 'py, PyTuple>,
    source: Source<'_>,
) -> PyResult<Bound<'py, PyAny>> {
    if arguments.len() == 1 && arguments.get_item(0)?.is_instance_of::<PyBytes>() {
        return unpacked(known, arguments, source);
    }
    make(known, known.class.bind(arguments.py()), (arguments, 0), source)
}

fn unpacked<'py>(
    known: &Known,
    arguments: Borrowed<'_, 'py, PyTuple>,
    source: Source<'_>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = arguments.py();
    let packed = arguments.get_item(0)?.cast_into::<PyBytes>()?;
    let keep = Keep::new(py);
    let items = Items::of(arguments, 1..1, &keep);
    let source = match source {
        Source::Older(older) if known.schemas.len() == 1 => Source::Packed(older, packed.as_bytes()),
        _ => Source::Native(packed.as_bytes()),
    };
    object(known, known.class.bind(py), Incoming::new(items, source))
}

/// Makes an object of a class that was tested.
fn object<'py>(known: &Known, class: &Bound<'py, PyType>, mut state: Incoming<'_, 'py>) -> PyResult<Bound<'py, PyAny>> {
    // SAFETY: the registered class or a subclass, and no class between them keeps anything that its own constructor
    // would have to make.
    unsafe { (known.calls.make)(&mut state, class) }
}

/// Makes an object from the slots in a tuple, from index `start` on. Its class was tested.
pub(super) fn make<'py>(
    known: &Known,
    class: &Bound<'py, PyType>,
    (arguments, start): (Borrowed<'_, 'py, PyTuple>, usize),
    source: Source<'_>,
) -> PyResult<Bound<'py, PyAny>> {
    let keep = Keep::new(class.py());
    let mut items = Items::of(arguments, start..arguments.len(), &keep);
    if let (Source::Present, Some(steps)) = (source, known.steps.as_deref()) {
        let mut quick = Quick::default();
        if quick.fill(known.head, steps, &items).is_some() {
            return object(known, class, Incoming::new(items, Source::Quick(&quick)));
        }
    }
    let _scope = known.handles.then(Scope::open);
    let attributes = split_attributes(known, class, &mut items, source)?;
    if let Some(variants) = &known.variants {
        return keep.told((variants.make)(variants, known, Incoming::new(items, source)));
    }
    let object = keep.told(object(known, class, Incoming::new(items, source)))?;
    if let Some(attributes) = attributes {
        attributes.give(&object, known)?;
    }
    Ok(object)
}

/// Splits off the attributes at the end of a state, if it has one slot more than its values.
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

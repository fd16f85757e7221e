//! What an object holds besides its Rust values: the attributes of a Python subclass, in `__dict__` and slots, and the
//! arguments of an exception. They are one more slot of the state, a dict.

use alloc::string::String;

use pyo3::exceptions::PyTypeError;
use pyo3::ffi;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyList, PyString, PyTuple, PyType};

use crate::python::class::Known;
use crate::python::error::class_name;

/// The attributes of an object, if it has any.
pub(super) fn of<'py>(object: &Bound<'py, PyAny>, known: &Known) -> PyResult<Option<Bound<'py, PyDict>>> {
    let py = object.py();
    let own = match object.getattr_opt(intern!(py, "__dict__"))? {
        Some(own) => own.cast_into::<PyDict>()?.copy()?,
        None => PyDict::new(py),
    };
    for name in slot_names(&object.get_type())?.iter() {
        let name = name.cast_into::<PyString>()?;
        if let Some(value) = object.getattr_opt(&name)? {
            own.set_item(name, value)?;
        }
    }
    if known.calls.exception {
        let arguments = object.getattr(intern!(py, "args"))?;
        if arguments.len()? > 0 {
            own.set_item(intern!(py, "args"), arguments)?;
        }
    }
    if let Some(name) = own.keys().iter().find(|name| !name.is_instance_of::<PyString>()) {
        let class = class_name(&object.get_type());
        let text = alloc::format!("{class}: an attribute named {}, and the names of attributes are text", name.repr()?);
        return Err(PyTypeError::new_err(text));
    }
    Ok(Some(own).filter(|own| !own.is_empty()))
}

/// Checks the state of an object of a frozen class, which Python itself restores: nothing, or attributes.
///
/// # Errors
/// `TypeError` for anything else, which names the slot if there is one.
pub(super) fn without_slots(object: &Bound<'_, PyAny>, known: &Known, state: &Bound<'_, PyAny>) -> PyResult<()> {
    if state.is_none() {
        return Ok(());
    }
    let class = class_name(&object.get_type());
    let refused = |found: String| {
        let text = "without __setstate__ returns a tuple of slots or, as the class is frozen, a dict of attributes";
        Err(PyTypeError::new_err(alloc::format!("{class}: __getstate__ {text}, not {found}")))
    };
    let Ok(attributes) = state.cast::<PyDict>() else { return refused(class_name(&state.get_type())) };
    for name in attributes.keys().iter() {
        let is_attribute = |name: &Bound<'_, PyString>| {
            let name = name.to_cow()?;
            PyResult::Ok(!known.names.iter().any(|slot| slot.name == name))
        };
        if !name.cast::<PyString>().is_ok_and(|name| is_attribute(name).unwrap_or(false)) {
            return refused(alloc::format!("one with {}", name.repr()?));
        }
    }
    Ok(())
}

/// Attributes as Python itself restores them, where a class has no `__setstate__`: those in `__slots__` apart. That of
/// exceptions accepts only one dict, and sets both.
pub(super) fn for_python<'py>(
    object: &Bound<'py, PyAny>,
    known: &Known,
    attributes: Bound<'py, PyDict>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = object.py();
    let (slots, in_slots) = (slot_names(&object.get_type())?, PyDict::new(py));
    if !known.calls.exception {
        for name in slots.iter() {
            if let Some(value) = attributes.get_item(&name)? {
                attributes.del_item(&name)?;
                in_slots.set_item(name, value)?;
            }
        }
    }
    if in_slots.is_empty() {
        return Ok(attributes.into_any());
    }
    let attributes = Some(attributes).filter(|attributes| !attributes.is_empty());
    Ok((attributes, in_slots).into_pyobject(py)?.into_any())
}

/// Attributes that were checked and can be set on an object.
pub(super) struct Attributes<'py> {
    given: Bound<'py, PyDict>,
    slots: Bound<'py, PyList>,
}

impl<'py> Attributes<'py> {
    /// Checks that objects of a class can have these attributes.
    ///
    /// # Errors
    /// `TypeError` that names the attribute.
    pub fn new(given: Bound<'py, PyDict>, class: &Bound<'py, PyType>) -> PyResult<Self> {
        let slots = slot_names(class)?;
        let free = class.getattr("__dictoffset__")?.extract::<isize>()? != 0;
        for name in given.keys().iter() {
            let name = name.cast_into::<PyString>().map_err(|_| {
                PyTypeError::new_err(alloc::format!("{}: the names of attributes are text", class_name(class)))
            })?;
            if !free && !slots.contains(&name)? {
                let text = "has no such attribute in its objects";
                return Err(PyTypeError::new_err(alloc::format!("{}.{name}: the class {text}", class_name(class))));
            }
        }
        Ok(Self { given, slots })
    }

    /// Sets them on an object of the class, as pickle does: no user code is called.
    pub fn give(self, object: &Bound<'py, PyAny>, known: &Known) -> PyResult<()> {
        let py = object.py();
        for (name, value) in self.given {
            let name = name.cast_into::<PyString>()?;
            if self.slots.contains(&name)? {
                // SAFETY: three objects, which are held for the call.
                let set = unsafe { ffi::PyObject_GenericSetAttr(object.as_ptr(), name.as_ptr(), value.as_ptr()) };
                if set != 0 {
                    return Err(PyErr::fetch(py));
                }
            } else if known.calls.exception && name.as_any().eq(intern!(py, "args"))? {
                object.setattr(intern!(py, "args"), value.cast_into::<PyTuple>()?)?;
            } else {
                let name = PyString::intern(py, &name.extract::<String>()?);
                object.getattr(intern!(py, "__dict__"))?.set_item(name, value)?;
            }
        }
        Ok(())
    }
}

/// The names in `__slots__` of a class and its bases.
fn slot_names<'py>(class: &Bound<'py, PyType>) -> PyResult<Bound<'py, PyList>> {
    static SLOT_NAMES: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let names = SLOT_NAMES.import(class.py(), "copyreg", "_slotnames")?.call1((class,))?;
    Ok(names.cast_into::<PyList>()?)
}

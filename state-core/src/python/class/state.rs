//! The tuple that `__getstate__` returns. It is of a subclass of `tuple` that keeps the form of its slots, so that
//! `__setstate__` matches them by name, wherever a Python subclass kept the tuple in its own state.

use core::ffi::CStr;

use pyo3::exceptions::PyTypeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyTuple, PyType};

use crate::python::class::Known;
use crate::python::class::form::{Form, Mode};
use crate::python::error::class_name;

/// It is written in Python, because with the stable ABI no class of PyO3 can extend `tuple`. Items that are added
/// before the slots and behind them are counted, so that a slice with all slots still has their form.
const SOURCE: &CStr = c"
class Slots(tuple):
    '''The state of an object, which knows by which schemas it was written.'''

    __module__ = 'state_core'

    def __new__(cls, items=()):
        # Other items are of no schema.
        return tuple(items)

    def __reduce__(self):
        form, before, after = self.__form__
        return form, (before, after, *self)

    def __add__(self, other):
        if not isinstance(other, tuple):
            return NotImplemented
        form, before, after = self.__form__
        return of(tuple.__add__(self, other), (form, before, after + len(other)))

    def __radd__(self, other):
        # A list can be extended by it, with `+=`.
        if not isinstance(other, tuple):
            return NotImplemented
        form, before, after = self.__form__
        return of(tuple.__add__(other, self), (form, before + len(other), after))

    def __getitem__(self, at):
        items = tuple.__getitem__(self, at)
        if isinstance(at, slice):
            start, stop, step = at.indices(len(self))
            form, before, after = self.__form__
            before, after = before - start, after - (len(self) - stop)
            if step == 1 and before >= 0 and after >= 0:
                return of(items, (form, before, after))
        return items


def of(items, form):
    slots = tuple.__new__(Slots, items)
    slots.__form__ = form
    return slots
";

static CLASS: PyOnceLock<(Py<PyType>, Py<PyAny>)> = PyOnceLock::new();

/// Returns the class, and the function that makes a tuple of it.
fn class(py: Python<'_>) -> PyResult<&(Py<PyType>, Py<PyAny>)> {
    CLASS.get_or_try_init(py, || {
        let names = PyDict::new(py);
        py.run(SOURCE, Some(&names), None)?;
        let made = |name| names.get_item(name)?.ok_or_else(|| PyTypeError::new_err("a name that was not made"));
        Ok((made("Slots")?.cast_into::<PyType>()?.unbind(), made("of")?.unbind()))
    })
}

/// Makes the state of an object, with the present form of its class.
pub(in crate::python) fn present<'py>(known: &Known, slots: Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
    let py = slots.py();
    made(slots, (known.form(py, Mode::State)?, 0, 0))
}

fn made<'py>(items: Bound<'py, PyTuple>, written: (Bound<'py, Form>, usize, usize)) -> PyResult<Bound<'py, PyAny>> {
    let (_, of) = class(items.py())?;
    of.bind(items.py()).call1((items, written))
}

/// Makes a tuple from the arguments that it was pickled with.
///
/// # Errors
/// `TypeError` for other arguments.
pub(in crate::python) fn called<'py>(
    form: &Bound<'py, Form>,
    known: &Known,
    arguments: Borrowed<'_, 'py, PyTuple>,
) -> PyResult<Bound<'py, PyAny>> {
    let count = |at| arguments.get_item(at).ok().and_then(|count| count.extract::<usize>().ok());
    match (count(0), count(1)) {
        (Some(before), Some(after)) if before.saturating_add(after) <= arguments.len() - 2 => {
            made(arguments.get_slice(2, arguments.len()), (form.clone(), before, after))
        }
        _ => {
            let text = "expected how many items stand before the slots of a state and behind them, and the items";
            Err(PyTypeError::new_err(alloc::format!("{}: {text}", known.calls.name)))
        }
    }
}

/// Returns the form that wrote a state, if the state has it.
///
/// # Errors
/// `TypeError` if it is the form of another class, or if there are items before the slots. Items behind them are
/// refused as in any other state, unless they are the attributes.
pub(in crate::python) fn form<'py>(known: &Known, state: &Bound<'py, PyTuple>) -> PyResult<Option<Bound<'py, Form>>> {
    let py = state.py();
    if state.is_exact_instance_of::<PyTuple>() || !state.is_instance(class(py)?.0.bind(py))? {
        return Ok(None);
    }
    let (form, before, _): (Bound<'py, Form>, usize, usize) = state.getattr(intern!(py, "__form__"))?.extract()?;
    let found = if !form.get().is_of_class_of(known.forms[Mode::State as usize].get()) {
        alloc::format!("that of a {}", class_name(form.get().class(py)))
    } else if before > 0 {
        "one behind other items; pass on the part that `super().__getstate__()` returned".into()
    } else {
        return Ok(Some(form));
    };
    let class = class_name(known.class.bind(py));
    Err(PyTypeError::new_err(alloc::format!("{class}: expected the state of a {class}, found {found}")))
}

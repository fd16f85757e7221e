//! Classes with open sets, whose forms also carry the schemas of the types registered there. The code is reached
//! through a constant of each set, so that modules without any do not link it.

use alloc::boxed::Box;
use std::sync::{Mutex, PoisonError};

use pyo3::prelude::*;
use pyo3::types::PyBytes;

use super::Known;
use super::form::{Form, Mode};
use crate::dynamic::registered_so_far;
use crate::error::Result;
use crate::evolve::Parsed;
use crate::schema::{Schema, are_registered, divide_class, join_class, open_sets};

/// What classes with open sets do in addition.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SetForms {
    /// Makes what such a class keeps.
    kept: fn() -> &'static Sets,
    present: fn(&Known, &Sets, Python<'_>, Mode) -> PyResult<Py<Form>>,
    /// Whether the present form also applies to other schemas: if only the types of sets differ, and all of them are
    /// registered now.
    pub(super) is_present: fn(&Form, Python<'_>, &[Bound<'_, PyBytes>], &[&'static Schema]) -> bool,
    /// Reads the schema of a class, and the types of its sets.
    pub read: fn(&[u8], &[u8], &str, usize) -> Result<Parsed>,
}

impl SetForms {
    /// A reference, because each node of a schema is as large as its largest kind.
    pub const ALL: &'static Self = &Self { kept, present, is_present, read: Parsed::of_class_with_sets };
}

/// The open sets of a class.
pub(in crate::python) struct Sets {
    pub forms: &'static SetForms,
    /// For each mode, the form that was made last, and how many types were registered then.
    made: Mutex<[Option<(usize, Py<Form>)>; Mode::ALL.len()]>,
}

impl Sets {
    /// The sets of a class; `None` if it has none.
    pub fn find(schemas: &[&'static Schema]) -> Option<&'static Self> {
        let known = schemas.iter().find_map(|schema| open_sets(schema).first()?.known)?;
        Some((known.classes.kept)())
    }

    pub fn present(&self, known: &Known, py: Python<'_>, mode: Mode) -> PyResult<Py<Form>> {
        (self.forms.present)(known, self, py, mode)
    }
}

/// Leaked, like everything that is known about a class.
fn kept() -> &'static Sets {
    Box::leak(Box::new(Sets { forms: SetForms::ALL, made: Mutex::default() }))
}

/// The form that has all types registered now. When there are more, it is another object, because the one in pickle's
/// memo does not have them.
fn present(known: &Known, sets: &Sets, py: Python<'_>, mode: Mode) -> PyResult<Py<Form>> {
    let made = || sets.made.lock().unwrap_or_else(PoisonError::into_inner);
    let now = registered_so_far();
    if let Some((_, form)) = made()[mode as usize].as_ref().filter(|(by, _)| *by == now) {
        return Ok(form.clone_ref(py));
    }
    // Not under the lock, because making objects can run Python code.
    let form = Py::new(py, known.forms[mode as usize].get().with_schemas(py, &known.schemas, join_class)?)?;
    let before = made()[mode as usize].replace((now, form.clone_ref(py)));
    drop(before);
    Ok(form)
}

fn is_present(form: &Form, py: Python<'_>, theirs: &[Bound<'_, PyBytes>], ours: &[&'static Schema]) -> bool {
    let Some(now) = form.schemas(form.arguments(py).as_borrowed()) else { return false };
    let mut pairs = theirs.iter().zip(&now).zip(ours);
    now.len() == theirs.len()
        && pairs.all(|((theirs, now), ours)| match (divide_class(theirs.as_bytes()), divide_class(now.as_bytes())) {
            (Some((members, theirs)), Some((_, now))) => theirs == now && are_registered(members, ours),
            _ => false,
        })
}

//! The form objects that pickles call to make the objects of a class.
//!
//! `__reduce_ex__` returns a form and the slots. The form is one object for all objects of a class; so pickle writes it
//! once, through its `__reduce__`, and fetches it from its memo for each further object. It carries the schemas by
//! which the slots were written: a program that loads the pickle compares them once with those of its own class, and if
//! they differ, slots are matched by name.

use alloc::format;
use alloc::vec::Vec;
use core::fmt;
use std::sync::OnceLock;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyTuple, PyType};

use crate::error::Error;
use crate::python::class::{Known, known, state};
use crate::python::error::unmatched;
use crate::python::into;
use crate::python::into::incoming::Source;
use crate::python::into::older::Older;
use crate::schema::{Schema, write_canonical, write_for_class};

/// What the arguments of a form contain. The discriminants are the numbers in pickles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::python) enum Mode {
    /// The slots of an object of exactly the class.
    Exact = 0,
    /// A Python class that extends it, and the slots.
    Class = 1,
    /// A class, and the tuple of slots that is passed to its own `__setstate__`.
    Given = 2,
    /// A class, of which an object is made that its own `__setstate__` fills.
    Blank = 3,
    /// The native bytes of an object of exactly the class.
    Packed = 4,
    /// The numbers of items before and after the slots that `__getstate__` returned, and all these items.
    State = 5,
    /// An object in a cycle that was made with empty slots, its whole state, and what its own `__setstate__` is given,
    /// which the form returns.
    Completed = 6,
}

impl Mode {
    pub const ALL: [Self; 7] =
        [Self::Exact, Self::Class, Self::Given, Self::Blank, Self::Packed, Self::State, Self::Completed];

    /// Whether the form carries the schemas; otherwise there are no slots, or they have a form of their own.
    fn has_schemas(self) -> bool {
        !matches!(self, Self::Blank | Self::Completed)
    }
}

/// Which form of a class wrote the slots.
pub(in crate::python) enum Origin {
    Present,
    Older(Older),
    /// An older one that cannot be matched, and is left to the `__setstate__` of the class; and why it cannot.
    Unmatched(Vec<Error>),
}

/// A form of the states of a class.
#[pyclass(frozen, name = "Form", module = "state_core")]
pub struct Form {
    pub(in crate::python) mode: Mode,
    pub(in crate::python) origin: Origin,
    class: Py<PyType>,
    /// What is known about the class; cached, because a form is called for each object.
    known: OnceLock<&'static Known>,
    /// The name of the class in Rust.
    name: &'static str,
    /// The function that pickles name, and the arguments with which it returns this form.
    named: (Py<PyAny>, Py<PyTuple>),
}

impl Form {
    /// The present form.
    pub(in crate::python) fn present(
        mode: Mode,
        (class, name): (&Bound<'_, PyType>, &'static str),
        function: &Bound<'_, PyAny>,
        schemas: &[&'static Schema],
    ) -> PyResult<Self> {
        let py = function.py();
        let named = (function.clone().unbind(), PyTuple::empty(py).unbind());
        let of =
            Self { mode, origin: Origin::Present, class: class.clone().unbind(), known: OnceLock::new(), name, named };
        of.with_schemas(py, schemas, |_, schema| schema)
    }

    /// A present form with these schemas, each completed by `join`.
    pub(in crate::python) fn with_schemas(
        &self,
        py: Python<'_>,
        schemas: &[&'static Schema],
        join: fn(&'static Schema, Vec<u8>) -> Vec<u8>,
    ) -> PyResult<Self> {
        let Self { mode, name, .. } = *self;
        let mut arguments = Vec::new();
        if mode != Mode::Exact {
            arguments.push((mode as u8).into_pyobject(py)?.into_any());
        }
        if mode.has_schemas() {
            let bytes = |schema| match mode {
                // Their hash is in the native bytes.
                Mode::Packed => write_canonical(schema),
                _ => write_for_class(schema, name),
            };
            let bytes = |schema| PyBytes::new(py, &join(schema, bytes(schema))).into_any();
            arguments.extend(schemas.iter().map(|schema| bytes(schema)));
        }
        Ok(self.called_with(py, Origin::Present, PyTuple::new(py, arguments)?))
    }

    /// A form with the same mode and class.
    fn called_with(&self, py: Python<'_>, origin: Origin, arguments: Bound<'_, PyTuple>) -> Self {
        let named = (self.named.0.clone_ref(py), arguments.unbind());
        let Self { mode, name, .. } = *self;
        Self { mode, origin, class: self.class.clone_ref(py), known: OnceLock::new(), name, named }
    }

    /// The form for arguments other than those of the present one. It is the present form if they differ only in types
    /// of open sets, all of which are registered now.
    ///
    /// # Errors
    /// `TypeError` for arguments of another kind, and an error for schemas that cannot be matched with the present
    /// ones.
    pub(in crate::python) fn older<'py>(
        arguments: Borrowed<'_, 'py, PyTuple>,
        present: Bound<'py, Self>,
        known: &Known,
    ) -> PyResult<Bound<'py, Self>> {
        let (py, this, ours) = (arguments.py(), present.get(), &*known.schemas);
        let Some(theirs) = this.schemas(arguments) else {
            let text = format!("{}: expected the schemas of the class and its bases, as bytes", this.name);
            return Err(PyTypeError::new_err(text));
        };
        let sets = known.sets.map(|sets| sets.forms);
        if sets.is_some_and(|sets| (sets.is_present)(this, py, &theirs, ours)) {
            return Ok(present);
        }
        let origin = match Older::new((this.name, &theirs), ours, sets) {
            Ok(older) => Origin::Older(older),
            Err(errors) => {
                let errors = errors.into_iter().map(|error| error.or_at(this.name)).collect::<Vec<_>>();
                if !known.written.setstate && !matches!(this.mode, Mode::Given | Mode::State) {
                    return Err(unmatched(this.class(py), &errors));
                }
                Origin::Unmatched(errors)
            }
        };
        Bound::new(py, this.called_with(py, origin, arguments.to_owned()))
    }

    /// The schemas in the arguments of a form; `None` if something else is there.
    pub(super) fn schemas<'py>(&self, arguments: Borrowed<'_, 'py, PyTuple>) -> Option<Vec<Bound<'py, PyBytes>>> {
        let schemas = arguments.iter_borrowed().skip(usize::from(self.mode != Mode::Exact));
        schemas.map(|schema| schema.to_owned().cast_into().ok()).collect()
    }

    /// Whether two forms belong to one class.
    pub(in crate::python) fn is_of_class_of(&self, other: &Self) -> bool {
        self.named.0.is(&other.named.0)
    }

    /// Returns the source of a state that it wrote.
    ///
    /// # Errors
    /// If such states cannot be matched.
    pub(in crate::python) fn source(&self, py: Python<'_>) -> PyResult<Source<'_>> {
        match &self.origin {
            Origin::Present => Ok(Source::Present),
            Origin::Older(older) => Ok(Source::Older(older)),
            Origin::Unmatched(errors) => Err(unmatched(self.class(py), errors)),
        }
    }

    /// Returns the class whose form it is.
    pub(in crate::python) fn class<'a, 'py>(&'a self, py: Python<'py>) -> &'a Bound<'py, PyType> {
        self.class.bind(py)
    }

    fn known(&self, py: Python<'_>) -> PyResult<&'static Known> {
        if let Some(known) = self.known.get() {
            return Ok(known);
        }
        let known = known(self.class.bind(py))?;
        Ok(self.known.get_or_init(|| known))
    }

    /// Returns the function that pickles name.
    pub(super) fn function<'a, 'py>(&'a self, py: Python<'py>) -> &'a Bound<'py, PyAny> {
        self.named.0.bind(py)
    }

    /// The arguments with which the function returns this form.
    pub(in crate::python) fn arguments<'a, 'py>(&'a self, py: Python<'py>) -> &'a Bound<'py, PyTuple> {
        self.named.1.bind(py)
    }
}

impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Form").field("mode", &self.mode).finish_non_exhaustive()
    }
}

#[pymethods]
impl Form {
    #[pyo3(signature = (*arguments))]
    fn __call__<'py>(slf: &Bound<'py, Self>, arguments: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        let known = slf.get().known(arguments.py())?;
        match slf.get().mode {
            Mode::State => state::called(slf, known, arguments.as_borrowed()),
            Mode::Completed => into::completed(known, arguments),
            _ => into::called(known, slf.get(), arguments.as_borrowed()),
        }
    }

    fn __reduce__(&self, py: Python<'_>) -> (Py<PyAny>, Py<PyTuple>) {
        (self.named.0.clone_ref(py), self.named.1.clone_ref(py))
    }
}

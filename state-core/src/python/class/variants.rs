//! Enums that are classes: enums with only unit variants, each value of which is one object, and enums whose variants
//! are classes. This file holds `unsafe` code.

use alloc::string::String;
use alloc::vec::Vec;

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyTuple, PyType};

use crate::python::class::Known;
use crate::python::class::layer::Calls;
use crate::python::error::class_name;
use crate::python::into::incoming::Incoming;
use crate::python::into::items::Items;
use crate::schema::{Enum, Evolution, Kind, Schema};
use crate::walk::Decoder;

/// The variants of an enum, by their names in its state.
pub struct Variants {
    variants: Vec<Variant>,
    /// [`Variants::make`], linked only in a program with an enum.
    pub(in crate::python) make: Make,
}

/// Finds the variants of a class.
pub(in crate::python) type Find = fn(&Bound<'_, PyType>, &Calls) -> PyResult<Variants>;

/// Makes the object of a state.
type Make = for<'py> fn(&Variants, &Known, Incoming<'_, 'py>) -> PyResult<Bound<'py, PyAny>>;

pub(in crate::python) struct Variant {
    name: String,
    form: Form,
}

enum Form {
    /// The one object that is this variant.
    Object(Py<PyAny>),
    /// The class of the objects with this variant.
    Class(Py<PyType>),
}

impl Variants {
    /// Finds the variants among the attributes of the class.
    ///
    /// # Errors
    /// `TypeError` for a variant that is not an attribute.
    pub fn find(class: &Bound<'_, PyType>, calls: &Calls) -> PyResult<Self> {
        let Kind::Enum(Enum { variants, .. }) = &(calls.schema)().kind else {
            return Ok(Self { variants: Vec::new(), make: Self::make });
        };
        let mut found = Vec::new();
        for entry in class.getattr("__dict__")?.call_method0("items")?.try_iter()? {
            let (attribute, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) = entry?.extract()?;
            let Ok(attribute) = attribute.extract::<String>() else { continue };
            if value.get_type().is(class) {
                let state = flat_of_enum(calls, &value)?;
                let name = state.get_item(0)?.extract()?;
                found.push(Variant { name, form: Form::Object(value.unbind()) });
            } else if let Ok(variant) = value.cast_into::<PyType>() {
                if variant.is_subclass(class)? && has_its_size(&variant, class)? {
                    found.push(Variant { name: attribute, form: Form::Class(variant.unbind()) });
                }
            }
        }
        match variants.iter().find(|variant| !found.iter().any(|found| found.name == variant.name)) {
            None => Ok(Self { variants: found, make: Self::make }),
            Some(missing) => Err(PyTypeError::new_err(alloc::format!(
                "{}.{}: the class has no attribute of this name; where the variant is named differently for Python, \
                 #[state(rename = \"..\")] says so",
                class_name(class),
                missing.name
            ))),
        }
    }

    /// The object of a state.
    fn make<'py>(&self, known: &Known, mut state: Incoming<'_, 'py>) -> PyResult<Bound<'py, PyAny>> {
        self.of_state(&state.items, (known.calls.schema)())?.make(known, &mut state)
    }

    /// The variant of a state.
    fn of_state(&self, state: &Items<'_, '_>, schema: &Schema) -> PyResult<&Variant> {
        let name = state.clone().next().and_then(Decoder::str);
        let by = |test: &dyn Fn(&str) -> bool| self.variants.iter().find(|variant| test(&variant.name));
        let evolution = schema.evolution().unwrap_or(&Evolution::NONE);
        let found = name.and_then(|name| {
            by(&|own| own == name)
                .or_else(|| by(&|own| evolution.aliases_of("", own).contains(&name)))
                .or_else(|| evolution.other.and_then(|other| by(&|own| own == other)))
        });
        found.ok_or_else(|| {
            let names = self.variants.iter().map(|variant| variant.name.clone()).collect::<Vec<_>>().join(", ");
            let given = state.clone().next().map_or_else(|| "nothing".into(), Decoder::describe);
            PyTypeError::new_err(alloc::format!("expected the name of a variant ({names}), found {given}"))
        })
    }
}

impl Variant {
    /// The object of a state with this variant.
    fn make<'py>(&self, known: &Known, state: &mut Incoming<'_, 'py>) -> PyResult<Bound<'py, PyAny>> {
        let (py, make) = (state.items.py(), known.calls.make);
        match &self.form {
            Form::Object(only) => {
                // SAFETY: the class itself.
                drop(unsafe { make(state, known.class.bind(py)) }?);
                Ok(only.bind(py).clone())
            }
            // SAFETY: the class of a variant is a subclass of the enum's class, made by PyO3; it adds no size, as was
            // tested when it was found.
            Form::Class(class) => unsafe { make(state, class.bind(py)) },
        }
    }
}

/// The name of the variant and its slots.
pub(in crate::python) fn flat_of_enum<'py>(calls: &Calls, object: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyTuple>> {
    let _scope = crate::python::types::handle::Scope::open();
    let state = crate::python::out::all_slots(object, calls, None, None)?
        .pop()
        .ok_or_else(|| PyValueError::new_err("an enum without a variant"))?;
    Ok(state.cast_into::<PyTuple>()?)
}

/// Whether objects of a subclass are as large as those of the class itself.
fn has_its_size(subclass: &Bound<'_, PyType>, class: &Bound<'_, PyType>) -> PyResult<bool> {
    let size = |of: &Bound<'_, PyType>| of.getattr("__basicsize__")?.extract::<isize>();
    Ok(size(subclass)? == size(class)?)
}

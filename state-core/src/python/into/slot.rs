//! Python objects for the walk to read. This file holds `unsafe` code: text and bytes are read in place.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString};
use core::slice;

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{
    PyBool, PyByteArray, PyBytes, PyDict, PyFloat, PyFrozenSet, PyInt, PyList, PyMemoryView, PySet, PyString, PyTuple,
};

use crate::array::ArrayParts;
use crate::array::scalar::Scalar;
use crate::error::Result;
use crate::literal;
use crate::python::into::items::{Entries, Items};
use crate::python::into::keep::Keep;
use crate::python::types::buffer::{self, Shown};
use crate::python::types::handle;
use crate::python::types::standard;
use crate::value::{Dtype, Int, Order};
use crate::walk::{Attributes, Decoder};

/// The length beyond which an error does not quote text.
const SHORT: usize = 40;

/// An object that is the value of a slot.
#[derive(Clone, Copy)]
pub struct Slot<'v, 'py> {
    object: Borrowed<'v, 'py, PyAny>,
    keep: &'v Keep<'py>,
}

impl<'v, 'py> Slot<'v, 'py> {
    pub fn new(object: Borrowed<'v, 'py, PyAny>, keep: &'v Keep<'py>) -> Self {
        Self { object, keep }
    }

    /// Wraps another object, made meanwhile.
    fn kept(self, object: Bound<'py, PyAny>) -> Self {
        Self { object: self.keep.keep(object), keep: self.keep }
    }

    fn tuple(self) -> Option<Borrowed<'v, 'py, PyTuple>> {
        if let Ok(tuple) = self.object.cast::<PyTuple>() {
            return Some(tuple);
        }
        // A copy that does not change, whatever other threads do with the list or set.
        let copy = if let Ok(list) = self.object.cast::<PyList>() {
            list.to_tuple()
        } else if self.is_set() {
            let items = || self.object.to_owned().try_iter()?.collect::<PyResult<alloc::vec::Vec<_>>>();
            PyTuple::new(self.keep.py(), self.keep.catch(items())?).ok()?
        } else {
            return None;
        };
        self.keep.keep(copy.into_any()).cast::<PyTuple>().ok()
    }
}

impl<'v, 'py> Decoder<'v> for Slot<'v, 'py> {
    const LIVE: bool = true;
    type Items = Items<'v, 'py>;
    type Entries = Entries<'v, 'py>;

    fn describe(self) -> String {
        let class = crate::python::error::class_name(&self.object.get_type());
        let short = || self.keep.attempt(self.object.repr()).map(|repr| repr.to_string_lossy().into_owned());
        if self.object.is_none() {
            "None".to_string()
        } else if self.bool().is_some() || self.object.is_exact_instance_of::<PyFloat>() || self.is_short_int() {
            short().map_or_else(|| class.clone(), |value| format!("{class} {value}"))
        } else if let Some(text) = self.str() {
            if text.len() > SHORT { class } else { format!("{class} {}", literal::Text(text)) }
        } else if let (true, Ok(length)) = (self.is_plain(), self.object.len()) {
            format!("{class} of length {length}")
        } else {
            class
        }
    }

    fn is_none(self) -> bool {
        self.object.is_none()
    }

    fn bool(self) -> Option<bool> {
        match self.object.cast::<PyBool>() {
            Ok(value) => Some(value.is_true()),
            Err(_) => match self.single()? {
                Scalar::Bool(value) => Some(value),
                _ => None,
            },
        }
    }

    fn int(self) -> Option<i128> {
        if !self.object.is_instance_of::<PyInt>() {
            return match self.single()? {
                Scalar::Int(value) => Some(value),
                _ => None,
            };
        }
        if self.object.is_instance_of::<PyBool>() {
            return None;
        }
        let mut overflow = 0;
        // SAFETY: an object that is known to be an int.
        let value = unsafe { ffi::PyLong_AsLongLongAndOverflow(self.object.as_ptr(), &raw mut overflow) };
        if overflow == 0 { Some(value.into()) } else { self.object.extract().ok() }
    }

    fn big(self) -> Option<u128> {
        match self.int() {
            Some(value) => value.try_into().ok(),
            None if self.object.is_instance_of::<PyInt>() => self.object.extract().ok(),
            None => None,
        }
    }

    fn float(self) -> Option<f64> {
        match self.object.cast::<PyFloat>() {
            Ok(value) => Some(value.value()),
            // Exactly or not at all.
            Err(_) if self.object.is_instance_of::<PyInt>() => exact(self.int()?),
            Err(_) => match self.single()? {
                Scalar::Float(value) => Some(value),
                Scalar::Int(value) => exact(value),
                Scalar::Bool(_) => None,
            },
        }
    }

    #[cfg(any(Py_3_10, not(Py_LIMITED_API)))]
    fn str(self) -> Option<&'v str> {
        let text = self.object.cast::<PyString>().ok()?;
        let mut len = 0;
        // SAFETY: an object that is a str.
        let bytes = unsafe { ffi::PyUnicode_AsUTF8AndSize(text.as_ptr(), &raw mut len) };
        if bytes.is_null() {
            // A lone surrogate, which Rust's text cannot have.
            drop(PyErr::take(self.keep.py()));
            return None;
        }
        // SAFETY: a str keeps its UTF-8 of that length, unchanged, for as long as it lives, and it lives for `'v`.
        let bytes = unsafe { slice::from_raw_parts(bytes.cast::<u8>(), len as usize) };
        // SAFETY: Python says that it is UTF-8.
        Some(unsafe { core::str::from_utf8_unchecked(bytes) })
    }

    #[cfg(not(any(Py_3_10, not(Py_LIMITED_API))))]
    fn str(self) -> Option<&'v str> {
        let text = self.object.cast::<PyString>().ok()?;
        let bytes = text.encode_utf8().ok()?;
        core::str::from_utf8(bytes_of(self.keep.keep(bytes.into_any()).cast().ok()?)).ok()
    }

    fn bytes(self) -> Option<&'v [u8]> {
        if let Ok(bytes) = self.object.cast::<PyBytes>() {
            return Some(bytes_of(bytes));
        }
        let Ok(Shown::Bytes(view)) = buffer::shown(self.object, self.keep) else { return None };
        self.kept(self.keep.catch(buffer::bytes(&view))?.into_any()).object.cast().ok().map(bytes_of)
    }

    fn buffer(self, typed: bool) -> Option<&'v [u8]> {
        if let Ok(bytes) = self.object.cast::<PyBytes>() {
            return Some(bytes_of(bytes));
        }
        match buffer::shown(self.object, self.keep).ok()? {
            Shown::Elements(dtype @ (Dtype::Int(1, _) | Dtype::UInt(1, _)), view)
                if !typed || view.is_instance_of::<PyMemoryView>() =>
            {
                let (shape, bytes) = buffer::content((&dtype, &view), self.keep).ok()?;
                let bytes = Some(bytes).filter(|_| shape.len() == 1)?;
                self.kept(bytes.into_any()).object.cast().ok().map(bytes_of)
            }
            _ => None,
        }
    }

    fn memory(self) -> Option<&'v [u8]> {
        if let Ok(bytes) = self.object.cast::<PyBytes>() {
            return Some(bytes_of(bytes));
        }
        match buffer::shown(self.object, self.keep).ok()? {
            Shown::Elements(Dtype::Int(1, _), view) => {
                let view = view.cast::<PyMemoryView>().ok().filter(|view| buffer::is_memory(view).unwrap_or(false))?;
                self.kept(self.keep.catch(buffer::bytes(view))?.into_any()).object.cast().ok().map(bytes_of)
            }
            _ => None,
        }
    }

    fn array(self) -> Result<Option<ArrayParts<'v>>> {
        if self.object.is_instance_of::<PyBytes>() {
            return Ok(None);
        }
        let Shown::Elements(dtype, view) = buffer::shown(self.object, self.keep)? else { return Ok(None) };
        let (shape, bytes) = buffer::content((&dtype, &view), self.keep)?;
        let Ok(bytes) = self.kept(bytes.into_any()).object.cast::<PyBytes>() else { return Ok(None) };
        Ok(Some(ArrayParts { dtype, shape, order: Order::C, bytes: Cow::Borrowed(bytes_of(bytes)) }))
    }

    fn items(self) -> Option<Self::Items> {
        let tuple = self.tuple()?;
        Some(Items::of(tuple, 0..tuple.len(), self.keep))
    }

    fn is_set(self) -> bool {
        self.object.is_instance_of::<PySet>() || self.object.is_instance_of::<PyFrozenSet>()
    }

    fn entries(self) -> Option<Self::Entries> {
        let items = match self.object.cast::<PyDict>() {
            Ok(dict) => self.keep.keep(dict.items().to_tuple().into_any()),
            Err(_) => self.object,
        };
        let items = Slot { object: items, keep: self.keep }.items()?;
        let pairs = items.clone().all(|pair| pair.object.cast::<PyTuple>().is_ok_and(|pair| pair.len() == 2));
        pairs.then_some(Entries(items))
    }

    /// A Rust struct that is not a class is the tuple of its slots.
    fn object(self, _: &str) -> Option<Self::Items> {
        self.items()
    }

    /// A Rust enum that is not a class is the name of its variant and the slots.
    fn variant(self, _: &str) -> Option<(&'v str, Self::Items)> {
        let mut items = self.items()?;
        Some((items.next()?.str()?, items))
    }

    fn attributes(self, tag: &str) -> Option<Attributes<'v, Self, Self::Items>> {
        if tag != "uuid.UUID" {
            return self.object(tag).map(Attributes::Flat);
        }
        let number = self.keep.catch(standard::uuid_number(&self.object))??;
        Some(Attributes::Named(alloc::vec![("int", self.kept(number))]))
    }

    fn members(self, _: &str, _: &[&str]) -> Result<Option<Self::Items>> {
        Ok(None)
    }

    fn arguments(self, class: &str) -> Option<Self::Items> {
        self.kept(self.keep.catch(standard::arguments(&self.object, class))??.into_any()).items()
    }

    fn long(self) -> Option<Cow<'v, [u8]>> {
        match self.int() {
            Some(number) => Some(Int::from(number).to_le_bytes_signed().into()),
            None => self.keep.catch(standard::bytes(&self.object))?.map(Cow::Owned),
        }
    }

    fn handle(self) -> Option<u64> {
        handle::add(self.object.to_owned().unbind())
    }
}

impl<'py> Slot<'_, 'py> {
    pub fn dict(self) -> Option<Bound<'py, PyDict>> {
        self.object.to_owned().cast_into().ok()
    }

    /// A scalar of NumPy, or the only element of an array without dimensions.
    fn single(self) -> Option<Scalar> {
        let array = self.array().ok()?.filter(|array| array.shape.is_empty())?;
        Scalar::read(&array.dtype, &array.bytes)
    }

    fn is_short_int(self) -> bool {
        self.object.is_exact_instance_of::<PyInt>() && self.int().is_some()
    }

    /// Whether reading its length calls no user code.
    fn is_plain(self) -> bool {
        self.object.is_exact_instance_of::<PyTuple>()
            || self.object.is_exact_instance_of::<PyList>()
            || self.object.is_exact_instance_of::<PyDict>()
            || self.object.is_exact_instance_of::<PyBytes>()
            || self.object.is_exact_instance_of::<PyByteArray>()
            || self.object.is_exact_instance_of::<PySet>()
    }
}

/// The float that equals an integer exactly.
fn exact(number: i128) -> Option<f64> {
    Int::from(number).as_f64()
}

fn bytes_of<'v>(bytes: Borrowed<'v, '_, PyBytes>) -> &'v [u8] {
    // SAFETY: a bytes object.
    let start = unsafe { ffi::PyBytes_AsString(bytes.as_ptr()) };
    // SAFETY: a bytes object.
    let len = unsafe { ffi::PyBytes_Size(bytes.as_ptr()) };
    // SAFETY: bytes objects keep their bytes, unchanged, for as long as they live, and this one lives for `'v`.
    unsafe { slice::from_raw_parts(start.cast::<u8>(), len as usize) }
}

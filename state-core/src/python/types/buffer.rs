//! Objects that expose their memory: as bytes, or as an array whose elements have a type, such as NumPy's arrays and
//! scalars, `array.array` and views of these. This needs nothing of NumPy: its arrays describe their types.

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyFloat, PyInt, PyList, PyMemoryView, PyString, PyTuple, PyType};

use crate::array::wrong_length;
use crate::error::{Error, ErrorKind, Result};
use crate::protocol::layout::grid_count;
use crate::python::error::class_name;
use crate::python::into::keep::Keep;
use crate::value::{ByteOrder, Dtype, Field, Structured, Subarray};

/// The deepest nesting of types that is walked.
const DEEPEST: u32 = 16;

/// What an object exposes.
pub(in crate::python) enum Shown<'py> {
    Nothing,
    /// Bytes without a type.
    Bytes(Bound<'py, PyMemoryView>),
    /// Elements with a type.
    Elements(Dtype, Bound<'py, PyAny>),
}

/// What an object other than `bytes` exposes.
///
/// # Errors
/// For elements of a type that [`Dtype`] does not have, such as Python objects, and for masked arrays.
pub(in crate::python) fn shown<'py>(object: Borrowed<'_, 'py, PyAny>, keep: &Keep<'py>) -> Result<Shown<'py>> {
    // Most values of slots expose no memory, and need not be tried at the cost of an exception.
    let none = object.is_none()
        || object.is_instance_of::<PyString>()
        || object.is_instance_of::<PyInt>()
        || object.is_exact_instance_of::<PyFloat>()
        || object.is_instance_of::<PyTuple>()
        || object.is_instance_of::<PyList>();
    if none {
        return Ok(Shown::Nothing);
    }
    let unknown = |error: PyErr| refused(keep, "an array whose type can be told", error);
    // Not through a view: NumPy has none if fields are not in the order of their offsets.
    if let Some(dtype) = of_array(&object).map_err(unknown)? {
        return Ok(Shown::Elements(dtype?, object.to_owned()));
    }
    let Some(view) = keep.attempt(PyMemoryView::from(&object)) else { return Ok(Shown::Nothing) };
    match of_view(&view).map_err(unknown)? {
        Some(dtype) => Ok(Shown::Elements(dtype?, view.into_any())),
        None => Ok(Shown::Bytes(view)),
    }
}

/// The lengths of the dimensions of an array or view, and its bytes in C order, as many as type and shape require.
pub(in crate::python) fn content<'py>(
    (dtype, array): (&Dtype, &Bound<'py, PyAny>),
    keep: &Keep<'py>,
) -> Result<(Vec<usize>, Bound<'py, PyBytes>)> {
    let py = array.py();
    let read = || {
        let shape = array.getattr(intern!(py, "shape"))?.extract::<Vec<usize>>()?;
        let bytes = match array.cast::<PyMemoryView>() {
            Ok(view) => bytes(view)?,
            Err(_) => array.call_method0(intern!(py, "tobytes"))?.cast_into()?,
        };
        Ok((shape, bytes))
    };
    let (shape, bytes) = read().map_err(|error: PyErr| refused(keep, "an array", error))?;
    let size = dtype.itemsize();
    let (wanted, len) = (grid_count(&shape, size).map(|count| count * size), bytes.as_bytes().len());
    if size == 0 || wanted != Some(len) {
        return Err(wrong_length(dtype, &shape, (wanted, len)));
    }
    Ok((shape, bytes))
}

/// The bytes that a view exposes, without a copy if it is a view of a whole bytes object. Those never change; memory
/// behind other views may be changed by another thread.
pub(in crate::python) fn bytes<'py>(view: &Bound<'py, PyMemoryView>) -> PyResult<Bound<'py, PyBytes>> {
    let py = view.py();
    if let Ok(bytes) = view.getattr(intern!(py, "obj"))?.cast_into_exact::<PyBytes>() {
        // As many bytes as there are, contiguous and forwards: a view of all of them.
        let size: usize = view.getattr(intern!(py, "nbytes"))?.extract()?;
        let whole = size == bytes.as_bytes().len() && view.getattr(intern!(py, "c_contiguous"))?.extract()?;
        let strides: Vec<isize> = view.getattr(intern!(py, "strides"))?.extract()?;
        if whole && (size == 0 || strides.iter().all(|&stride| stride > 0)) {
            return Ok(bytes);
        }
    }
    Ok(view.call_method0(intern!(py, "tobytes"))?.cast_into()?)
}

/// Whether a view of signed bytes is of memory alone, as pyarrow and Ray show theirs, and not of an array.
pub(in crate::python) fn is_memory(view: &Bound<'_, PyMemoryView>) -> PyResult<bool> {
    static ARRAY: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let py = view.py();
    let object = view.getattr(intern!(py, "obj"))?;
    let is_array = object.hasattr(intern!(py, "dtype"))? || object.is_instance(ARRAY.import(py, "array", "array")?)?;
    Ok(!is_array && view.getattr(intern!(py, "ndim"))?.extract::<usize>()? == 1)
}

/// The error for an exception of an array's own method.
fn refused(keep: &Keep<'_>, expected: &'static str, error: PyErr) -> Error {
    let refused = malformed(expected, &error);
    keep.catch::<()>(Err(error));
    refused
}

fn malformed(expected: impl Into<Cow<'static, str>>, found: impl ToString) -> Error {
    Error::new(ErrorKind::Malformed, expected, found.to_string())
}

/// The type of the elements of a view; `None` if they are just bytes.
fn of_view(view: &Bound<'_, PyMemoryView>) -> PyResult<Option<Result<Dtype>>> {
    let py = view.py();
    let format: String = view.getattr(intern!(py, "format"))?.extract()?;
    let (order, kind) = match format.as_bytes() {
        [b'<', kind @ ..] => (ByteOrder::Little, kind),
        [b'>' | b'!', kind @ ..] => (ByteOrder::Big, kind),
        [b'@' | b'=', kind @ ..] | kind => (native(), kind),
    };
    let size: u8 = view.getattr(intern!(py, "itemsize"))?.extract().unwrap_or(0);
    let one_dimension = view.getattr(intern!(py, "ndim"))?.extract::<usize>()? == 1;
    Ok(match kind {
        b"B" | b"c" if one_dimension => None,
        b"?" => Some(Ok(Dtype::Bool)),
        b"b" | b"h" | b"i" | b"l" | b"q" | b"n" => Some(Ok(Dtype::Int(size, order))),
        b"B" | b"H" | b"I" | b"L" | b"Q" | b"N" => Some(Ok(Dtype::UInt(size, order))),
        b"e" | b"f" | b"d" => Some(Ok(Dtype::Float(size, order))),
        // Formats that take more to describe come from NumPy, or are bytes here, as the structs of `ctypes`.
        _ => match of_array(&view.getattr(intern!(py, "obj"))?)? {
            Some(dtype) => Some(dtype),
            None if format.contains(['O', 'P', '&']) => Some(Err(malformed("an array of numbers", format))),
            None => None,
        },
    })
}

const fn native() -> ByteOrder {
    if cfg!(target_endian = "big") { ByteOrder::Big } else { ByteOrder::Little }
}

/// The type that an array or scalar of NumPy describes.
fn of_array(object: &Bound<'_, PyAny>) -> PyResult<Option<Result<Dtype>>> {
    static MASKED: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let py = object.py();
    let Some(dtype) = object.getattr_opt(intern!(py, "dtype"))? else { return Ok(None) };
    if !dtype.hasattr(intern!(py, "subdtype"))? {
        return Ok(None);
    }
    if object.is_instance(MASKED.import(py, "numpy.ma", "MaskedArray")?)? {
        return Ok(Some(Err(malformed("an array without a mask", class_name(&object.get_type())))));
    }
    of_dtype(&dtype, 0).map(Some)
}

/// A type of NumPy; the outer error is Python's, the inner one says that [`Dtype`] does not have it.
fn of_dtype(dtype: &Bound<'_, PyAny>, depth: u32) -> PyResult<Result<Dtype>> {
    let py = dtype.py();
    if depth > DEEPEST {
        return Ok(Err(Error::new(ErrorKind::Depth, "records of at most 16 levels", "more")));
    }
    let names = dtype.getattr(intern!(py, "names"))?;
    if !names.is_none() {
        return record(dtype, &names, depth);
    }
    let repeated = dtype.getattr(intern!(py, "subdtype"))?;
    if !repeated.is_none() {
        let (base, shape): (Bound<'_, PyAny>, Vec<usize>) = repeated.extract()?;
        let base = of_dtype(&base, depth + 1)?;
        return Ok(base.and_then(|base| Subarray::new(base, shape)).map(Dtype::Subarray));
    }
    let text: String = dtype.getattr(intern!(py, "str"))?.extract()?;
    Ok(text.parse())
}

fn record(dtype: &Bound<'_, PyAny>, names: &Bound<'_, PyAny>, depth: u32) -> PyResult<Result<Dtype>> {
    let py = dtype.py();
    let described = dtype.getattr(intern!(py, "fields"))?;
    let mut fields = Vec::new();
    for name in names.try_iter()? {
        let name = name?;
        let field = described.get_item(&name)?;
        let offset: usize = field.get_item(1)?.extract()?;
        match of_dtype(&field.get_item(0)?, depth + 1)? {
            Ok(dtype) => fields.push(Field { name: name.extract::<String>()?.into(), dtype, offset }),
            Err(error) => return Ok(Err(error)),
        }
    }
    let size: usize = dtype.getattr(intern!(py, "itemsize"))?.extract()?;
    let aligned: bool = dtype.getattr(intern!(py, "isalignedstruct"))?.extract()?;
    Ok(Structured::new(fields, size, aligned).map(Dtype::Structured))
}

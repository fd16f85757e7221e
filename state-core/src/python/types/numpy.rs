//! Rust arrays as NumPy arrays, for getters of a class. NumPy is imported by the first call.

use alloc::vec::Vec;

use pyo3::IntoPyObjectExt;
use pyo3::PyClass;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::pyclass::PyClassGuard;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyByteArray, PyBytes, PyDict, PyList, PyTuple};

use crate::protocol::memory;
use crate::python::lease;
use crate::raw::kind::Described;
use crate::raw::{Raw, Record};
use crate::schema::{Nodes, Schema};
use crate::state::State;
use crate::value::{self, Dtype};

/// Types that can become a NumPy array: slices, `Vec`s and arrays of numbers, `bool`s and records, and the arrays of
/// `ndarray`.
pub trait Elements {
    /// The type of an element.
    #[doc(hidden)]
    fn element() -> &'static Schema;

    /// The length of each dimension.
    #[doc(hidden)]
    fn shape(&self) -> Vec<usize>;

    /// The bytes, if their layout in memory is that of the pickle.
    #[doc(hidden)]
    fn memory(&self) -> Option<&[u8]>;

    /// The bytes otherwise, converted.
    #[doc(hidden)]
    fn written(&self) -> Vec<u8>;
}

fn write<'a, T: Record>(items: impl ExactSizeIterator<Item = &'a T>) -> Vec<u8> {
    let mut bytes = alloc::vec![0; items.len() * T::LAYOUT.size()];
    for (item, space) in items.zip(bytes.chunks_exact_mut(T::LAYOUT.size().max(1))) {
        item.write(space);
    }
    bytes
}

impl<T: Record> Elements for [T] {
    fn element() -> &'static Schema {
        <T as Record>::schema()
    }

    fn shape(&self) -> Vec<usize> {
        alloc::vec![self.len()]
    }

    fn memory(&self) -> Option<&[u8]> {
        memory::bytes_of(self, &<T as Raw<Described>>::IMAGE)
    }

    fn written(&self) -> Vec<u8> {
        write(self.iter())
    }
}

impl Elements for [bool] {
    fn element() -> &'static Schema {
        <bool as State>::schema()
    }

    fn shape(&self) -> Vec<usize> {
        alloc::vec![self.len()]
    }

    fn memory(&self) -> Option<&[u8]> {
        memory::bytes_of(self, &memory::Image::BOOL)
    }

    fn written(&self) -> Vec<u8> {
        self.iter().map(|&value| u8::from(value)).collect()
    }
}

macro_rules! slices {
    ($([$($generics:tt)*] $ty:ty;)*) => {$(
        impl<$($generics)*> Elements for $ty
        where
            [T]: Elements,
        {
            fn element() -> &'static Schema {
                <[T]>::element()
            }

            fn shape(&self) -> Vec<usize> {
                <[T]>::shape(self)
            }

            fn memory(&self) -> Option<&[u8]> {
                <[T]>::memory(self)
            }

            fn written(&self) -> Vec<u8> {
                <[T]>::written(self)
            }
        }
    )*};
}

slices! {
    [T] Vec<T>;
    [T, const N: usize] [T; N];
}

#[cfg(feature = "ndarray")]
impl<T: Record, D: ndarray::Dimension> Elements for ndarray::Array<T, D> {
    fn element() -> &'static Schema {
        <T as Record>::schema()
    }

    fn shape(&self) -> Vec<usize> {
        ndarray::ArrayBase::shape(self).to_vec()
    }

    fn memory(&self) -> Option<&[u8]> {
        memory::bytes_of(self.as_slice()?, &<T as Raw<Described>>::IMAGE)
    }

    fn written(&self) -> Vec<u8> {
        write(self.iter())
    }
}

/// Copies a Rust array into a `numpy.ndarray`, of the same type as in its pickle: records become a structured array.
///
/// ```no_run
/// use pyo3::prelude::*;
/// use state_core::{State, python};
///
/// #[pyclass(module = "shop")]
/// #[derive(State)]
/// struct Shop { #[state(array)] prices: Vec<f64> }
///
/// #[pymethods]
/// impl Shop {
///     /// As it is now: what Python does with it changes no shop.
///     #[getter]
///     fn prices<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
///         python::array(py, &self.prices)
///     }
/// }
/// ```
///
/// # Errors
/// `ModuleNotFoundError` without NumPy, and NumPy's error for a record with too many fields.
pub fn array<'py, E: Elements + ?Sized>(py: Python<'py>, elements: &E) -> PyResult<Bound<'py, PyAny>> {
    let bytes = match elements.memory() {
        Some(bytes) => PyByteArray::new(py, bytes),
        None => PyByteArray::new(py, &elements.written()),
    };
    over(elements, bytes.as_any())
}

/// Returns a read-only view of an object's array as a `numpy.ndarray`.
///
/// The array is not copied if its layout in memory is that of the pickle, which records with padding do not have. While
/// the view exists, the object is borrowed as by a method with `&self`: a change to it fails with `PyO3`'s "Already
/// borrowed".
///
/// ```no_run
/// use pyo3::prelude::*;
/// use state_core::{State, python};
///
/// #[pyclass(module = "shop")]
/// #[derive(State)]
/// struct Shop { #[state(array)] prices: Vec<f64> }
///
/// #[pymethods]
/// impl Shop {
///     #[getter]
///     fn prices<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
///         python::view(slf, |shop| &shop.prices)
///     }
/// }
/// ```
///
/// # Errors
/// As [`array()`]; and `RuntimeError` if the object is mutably borrowed.
pub fn view<'py, T, E>(object: &Bound<'py, T>, of: impl for<'a> FnOnce(&'a T) -> &'a E) -> PyResult<Bound<'py, PyAny>>
where
    T: PyClass,
    E: Elements + ?Sized,
{
    let py = object.py();
    let guard = PyClassGuard::<T>::try_from(object)?;
    let elements = of(&guard);
    let shown = match (elements.memory(), lease::lender(object.as_any(), lease::borrow::<T>)) {
        (Some(bytes), Some(mut lender)) => lender.expose(py, bytes)?,
        (Some(bytes), None) => PyBytes::new(py, bytes).into_any(),
        (None, _) => PyBytes::new(py, &elements.written()).into_any(),
    };
    over(elements, &shown)
}

/// A NumPy array over a buffer, which it keeps alive.
fn over<'py, E: Elements + ?Sized>(elements: &E, buffer: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    static FROM_BUFFER: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    static EMPTY: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let py = buffer.py();
    let of = Dtype::of_elements(E::element(), Nodes::NONE);
    let (dtype, inner) = of.map_err(|error| PyTypeError::new_err(alloc::format!("{error}")))?;
    let dtype = object(py, &dtype)?;
    let lengths = [elements.shape(), inner].concat();
    let shape = PyTuple::new(py, &lengths)?;
    if lengths.contains(&0) {
        return EMPTY.import(py, "numpy", "empty")?.call1((shape, dtype));
    }
    FROM_BUFFER.import(py, "numpy", "frombuffer")?.call1((buffer, dtype))?.call_method1("reshape", (shape,))
}

/// The argument of NumPy for a type.
fn object<'py>(py: Python<'py>, dtype: &Dtype) -> PyResult<Bound<'py, PyAny>> {
    match dtype {
        Dtype::Structured(of) => record(py, of),
        Dtype::Subarray(array) => (object(py, array.dtype())?, PyTuple::new(py, array.shape())?).into_bound_py_any(py),
        plain => alloc::format!("{plain}").into_bound_py_any(py),
    }
}

fn record<'py>(py: Python<'py>, of: &value::Structured) -> PyResult<Bound<'py, PyAny>> {
    static DTYPE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let fields = of.fields();
    let formats = fields.iter().map(|field| object(py, &field.dtype)).collect::<PyResult<Vec<_>>>()?;
    let layout = PyDict::new(py);
    layout.set_item("names", PyList::new(py, fields.iter().map(|field| &*field.name))?)?;
    layout.set_item("formats", formats)?;
    layout.set_item("offsets", PyList::new(py, fields.iter().map(|field| field.offset))?)?;
    layout.set_item("itemsize", of.itemsize())?;
    layout.set_item("aligned", of.is_aligned())?;
    DTYPE.import(py, "numpy", "dtype")?.call1((layout,))
}

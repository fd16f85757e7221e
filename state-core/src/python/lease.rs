//! Raw arrays that Python reads in place in the live object, as `pickle.PickleBuffer`. This file holds `unsafe` code.
//!
//! While a buffer lives, its object is borrowed as by a method that takes `&self`: nothing can change or drop the
//! array, and what would, such as `__setstate__` or a method with `&mut self`, gets `PyO3`'s "Already borrowed".

#[cfg(any(not(Py_LIMITED_API), Py_3_11))]
pub(super) use lent::{Lender, borrow, lender};
#[cfg(not(any(not(Py_LIMITED_API), Py_3_11)))]
pub(super) use not_lent::{Lender, borrow, lender};

use alloc::boxed::Box;

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;

/// Borrows the value of an object for as long as the guard lives.
///
/// # Safety
/// The object is kept alive for as long as the guard.
pub(super) type Borrow = unsafe fn(&Bound<'_, PyAny>) -> PyResult<Box<dyn Guard>>;

/// A shared borrow of a value.
pub trait Guard {}

static PICKLE_BUFFER: PyOnceLock<Py<PyType>> = PyOnceLock::new();

fn pickle_buffer(py: Python<'_>) -> PyResult<&Bound<'_, PyType>> {
    PICKLE_BUFFER.import(py, "pickle", "PickleBuffer")
}

/// A buffer over an object that exposes its bytes.
pub(super) fn buffer(bytes: Bound<'_, PyAny>) -> PyResult<Bound<'_, PyAny>> {
    pickle_buffer(bytes.py())?.call1((bytes,))
}

#[cfg(any(not(Py_LIMITED_API), Py_3_11))]
mod lent {
    use alloc::boxed::Box;
    use alloc::sync::Arc;
    use core::ffi::{c_int, c_void};

    use pyo3::PyClass;
    use pyo3::exceptions::PyBufferError;
    use pyo3::ffi;
    use pyo3::prelude::*;
    use pyo3::pyclass::PyClassGuard;

    use super::{Borrow, Guard};
    use crate::python::cast::cast;

    /// Lends the raw arrays of one object.
    pub struct Lender<'py> {
        object: Bound<'py, PyAny>,
        borrow: Borrow,
        lease: Option<Arc<Lease>>,
    }

    /// A lender of the arrays of an object, whose value is borrowed by `borrow`.
    pub fn lender<'py>(object: &Bound<'py, PyAny>, borrow: Borrow) -> Option<Lender<'py>> {
        Some(Lender { object: object.clone(), borrow, lease: None })
    }

    impl<'py> Lender<'py> {
        /// Lends `bytes`, which belong to the borrowed value of the object, to pickle.
        pub fn lend(&mut self, py: Python<'py>, bytes: &[u8]) -> PyResult<Bound<'py, PyAny>> {
            super::buffer(self.expose(py, bytes)?)
        }

        /// Lends them to any user of the buffer protocol.
        pub fn expose(&mut self, py: Python<'py>, bytes: &[u8]) -> PyResult<Bound<'py, PyAny>> {
            let lease = match &self.lease {
                Some(lease) => lease.clone(),
                None => self.lease.insert(Arc::new(Lease::new(&self.object, self.borrow)?)).clone(),
            };
            let lent = Lent { start: bytes.as_ptr(), len: bytes.len(), _lease: lease };
            Ok(Bound::new(py, lent)?.into_any())
        }
    }

    /// A shared borrow of an object, and the object.
    struct Lease {
        /// Dropped first.
        _guard: Box<dyn Guard>,
        _object: Py<PyAny>,
    }

    impl Lease {
        fn new(object: &Bound<'_, PyAny>, borrow: Borrow) -> PyResult<Self> {
            // SAFETY: the lease keeps the object, and drops it after the guard.
            let guard = unsafe { borrow(object) }?;
            Ok(Self { _guard: guard, _object: object.clone().unbind() })
        }
    }

    impl<T: PyClass> Guard for PyClassGuard<'static, T> {}

    // SAFETY: nothing is reached through the guard; dropping it decrements an atomic counter, in any thread.
    unsafe impl Send for Lease {}
    // SAFETY: nothing can be done with a reference to it.
    unsafe impl Sync for Lease {}

    /// Borrows the value of an object.
    ///
    /// # Safety
    /// That of [`Borrow`].
    pub unsafe fn borrow<T: PyClass>(object: &Bound<'_, PyAny>) -> PyResult<Box<dyn Guard>> {
        let object = cast::<T>(object)?;
        // SAFETY: the reference is to memory that holds a pointer to the object; the guard keeps only that pointer, and
        // the caller keeps the object alive until the guard is dropped.
        let object_for_guard = unsafe { &*core::ptr::from_ref(object).cast::<Bound<'static, T>>() };
        let guard = PyClassGuard::<'static, T>::try_from(object_for_guard)?;
        Ok(Box::new(guard))
    }

    /// A raw array of a live object, for Python's buffer protocol.
    #[pyclass(frozen, name = "RawArray", module = "state_core")]
    struct Lent {
        start: *const u8,
        len: usize,
        _lease: Arc<Lease>,
    }

    // SAFETY: the bytes do not change for as long as the lease lives, and are only read.
    unsafe impl Send for Lent {}
    // SAFETY: as before.
    unsafe impl Sync for Lent {}

    #[pymethods]
    impl Lent {
        // Without `__releasebuffer__`: the view holds this object, and the object the lease.
        unsafe fn __getbuffer__(slf: Bound<'_, Self>, view: *mut ffi::Py_buffer, flags: c_int) -> PyResult<()> {
            let this = slf.get();
            if flags & ffi::PyBUF_WRITABLE == ffi::PyBUF_WRITABLE {
                return Err(PyBufferError::new_err("the array belongs to a live object and can only be read"));
            }
            let start = this.start.cast_mut().cast::<c_void>();
            // SAFETY: Python passes a view to fill in; `start` is the start of `len` bytes that live as long as this
            // object, which the view will hold.
            let filled =
                unsafe { ffi::PyBuffer_FillInfo(view, slf.as_ptr(), start, this.len as ffi::Py_ssize_t, 1, flags) };
            if filled == 0 { Ok(()) } else { Err(PyErr::fetch(slf.py())) }
        }
    }
}

#[cfg(not(any(not(Py_LIMITED_API), Py_3_11)))]
mod not_lent {
    use alloc::boxed::Box;

    use pyo3::prelude::*;

    use super::{Borrow, Guard};

    /// The stable ABI has no buffers before Python 3.11: nothing is lent there.
    pub enum Lender<'py> {
        #[expect(dead_code, reason = "there is none")]
        Never(core::convert::Infallible, Bound<'py, PyAny>),
    }

    pub fn lender<'py>(_: &Bound<'py, PyAny>, _: Borrow) -> Option<Lender<'py>> {
        None
    }

    /// Never called.
    ///
    /// # Safety
    /// None is needed.
    pub unsafe fn borrow<T>(_: &Bound<'_, PyAny>) -> PyResult<Box<dyn Guard>> {
        Err(pyo3::exceptions::PyBufferError::new_err("nothing is lent"))
    }

    impl<'py> Lender<'py> {
        pub fn lend(&mut self, _: Python<'py>, _: &[u8]) -> PyResult<Bound<'py, PyAny>> {
            match *self {
                Self::Never(never, _) => match never {},
            }
        }

        pub fn expose(&mut self, py: Python<'py>, bytes: &[u8]) -> PyResult<Bound<'py, PyAny>> {
            self.lend(py, bytes)
        }
    }
}

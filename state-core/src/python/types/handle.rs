//! Fields that are Python objects: each is an index into a table in an image; the table exists while one state is
//! pickled or restored.

use alloc::string::String;
use alloc::vec::Vec;
use core::cell::RefCell;
use std::thread_local;

use pyo3::PyTypeCheck;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;

use crate::error::{Error, ErrorKind};
use crate::protocol::decode::{Checker, Reader};
use crate::protocol::encode::{Size, Writer};
use crate::protocol::layout::HANDLE;
use crate::schema::{Handle, Kind, Schema};
use crate::state::{Restore, State};

thread_local! {
    static TABLES: RefCell<Tables> = const { RefCell::new(Tables { open: Vec::new(), opened: 0 }) };
}

struct Tables {
    /// The tables, innermost last.
    open: Vec<Table>,
    /// The number of tables so far, so that an index into one is not valid in another.
    opened: u32,
}

struct Table {
    serial: u32,
    objects: Vec<Py<PyAny>>,
}

impl Table {
    fn get(&self, place: u64) -> Option<&Py<PyAny>> {
        let (serial, index) = ((place >> 32) as u32, place as u32);
        self.objects.get(index as usize).filter(|_| serial == self.serial)
    }
}

/// Runs with the tables of this thread; `None` once the thread ends, when a destructor might still call it.
fn with<R>(run: impl FnOnce(&mut Tables) -> R) -> Option<R> {
    TABLES.try_with(|tables| tables.try_borrow_mut().ok().map(|mut tables| run(&mut tables))).ok().flatten()
}

/// A table that collects objects in this thread until it is dropped. Scopes can be nested.
pub(in crate::python) struct Scope(());

impl Scope {
    pub fn open() -> Self {
        with(|tables| {
            tables.opened = tables.opened.wrapping_add(1);
            tables.open.push(Table { serial: tables.opened, objects: Vec::new() });
        });
        Self(())
    }
}

impl Drop for Scope {
    fn drop(&mut self) {
        // Dropped outside the borrow: the last reference to an object can run code that opens a table.
        drop(with(|tables| tables.open.pop()));
    }
}

/// Adds an object to the table; returns its place, or `None` if no table is open.
pub(in crate::python) fn add(object: Py<PyAny>) -> Option<u64> {
    with(|tables| {
        let table = tables.open.last_mut()?;
        let index = u32::try_from(table.objects.len()).ok()?;
        table.objects.push(object);
        Some(u64::from(table.serial) << 32 | u64::from(index))
    })?
}

/// The object at a place.
pub(in crate::python) fn at(py: Python<'_>, place: u64) -> PyResult<Bound<'_, PyAny>> {
    find(py, place).ok_or_else(|| PyRuntimeError::new_err("an object of a state that is no longer being read"))
}

fn find(py: Python<'_>, place: u64) -> Option<Bound<'_, PyAny>> {
    with(|tables| tables.open.last()?.get(place).map(|object| object.bind(py).clone()))?
}

fn is_open() -> bool {
    with(|tables| !tables.open.is_empty()).unwrap_or(false)
}

fn accepts<T: PyTypeCheck>(place: u64) -> bool {
    Python::try_attach(|py| find(py, place).is_some_and(|object| T::type_check(&object))).unwrap_or(false)
}

/// The name of the class in Python.
fn class<T: PyTypeCheck>() -> String {
    let name = Python::try_attach(|py| crate::python::error::class_name(&T::classinfo_object(py)));
    name.unwrap_or_else(|| core::any::type_name::<T>().into())
}

/// An object of Python in a field: it goes through Python's own pickle with its sharing and cycles.
///
/// Only pickles of classes can have it, because an image cannot hold it. Every other format says so:
///
/// ```no_run
/// use pyo3::prelude::*;
/// use state_core::{Error, State, check, dumps};
///
/// #[derive(State)]
/// struct Team { lead: Option<Py<PyAny>> }
///
/// # fn main() -> Result<(), Error> {
/// let bytes = dumps(&Team { lead: None })?;
/// assert!(check::<Team>(&bytes).is_ok());
/// # Ok(())
/// # }
/// ```
impl<T: PyTypeCheck> State for Py<T> {
    const HEAD: usize = HANDLE;

    fn schema() -> &'static Schema {
        const {
            let handle = Handle { class: class::<T>, accepts: accepts::<T> };
            &Schema::leaf(Kind::Handle(handle), HANDLE)
        }
    }

    fn size(&self, size: &mut Size) {
        if !is_open() {
            size.fail(Error::new(
                ErrorKind::Unwritable,
                "",
                "an object of Python, which only a class made picklable can save, in a pickle that Python writes",
            ));
        }
    }

    fn put(&self, head: &mut [u8], writer: &mut Writer<'_, '_>) {
        let place = Python::try_attach(|py| add(self.clone_ref(py).into_any())).flatten();
        match place {
            Some(place) => head.copy_from_slice(&place.to_le_bytes()),
            None => drop(writer.fail::<()>()),
        }
    }
}

impl<'de, T: PyTypeCheck> Restore<'de> for Py<T> {
    fn check(head: &[u8], _: &mut Checker<'_>) -> bool {
        head.try_into().is_ok_and(|place| accepts::<T>(u64::from_le_bytes(place)))
    }

    fn get(head: &'de [u8], _: &mut Reader<'de>) -> Option<Self> {
        let place = u64::from_le_bytes(head.try_into().ok()?);
        Python::try_attach(|py| find(py, place)?.cast_into::<T>().ok().map(Bound::unbind)).flatten()
    }
}

/// Whether the field accepts `None`.
pub(in crate::python) fn takes_none(handle: Handle) -> bool {
    let _scope = Scope::open();
    let place = Python::try_attach(|py| add(py.None())).flatten();
    place.is_some_and(handle.accepts)
}

/// Adds `None` to the table; returns its place.
pub(in crate::python) fn none() -> Option<u64> {
    Python::try_attach(|py| add(py.None())).flatten()
}

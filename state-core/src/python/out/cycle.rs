//! Detection of cycles among objects whose state is being pickled.
//!
//! A pickler holds the result of `__reduce_ex__` until it has written all of it. The result contains a mark, an empty
//! iterator, which is dropped with it; an object that is pickled again while its mark lives is reached from its own
//! state.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::thread::{self, ThreadId};

use pyo3::prelude::*;

use crate::python::error::{class_name, pickling};

/// A thread, and the address of an object that lives as long as the mark is in use.
type Key = (ThreadId, usize);

static MARKS: Mutex<Option<HashMap<Key, usize>>> = Mutex::new(None);

/// An empty iterator.
#[pyclass(frozen, name = "Mark", module = "state_core")]
pub struct Mark {
    key: Key,
    is_cycle: bool,
}

/// The number of times that a cycle may pass through an object before it is taken to be endless. It can pass twice, and
/// results of `__reduce_ex__` may be held elsewhere. Python's own limit of depth would be reached a little later.
const ROUNDS: usize = 64;

impl Mark {
    /// A mark for the object.
    ///
    /// # Errors
    /// `PicklingError` for an endless cycle.
    pub fn new(object: &Bound<'_, PyAny>) -> PyResult<Self> {
        let key = (thread::current().id(), object.as_ptr() as usize);
        let count = marks(|marks| {
            let count = marks.entry(key).or_insert(0);
            *count += 1;
            *count
        });
        let mark = Self { key, is_cycle: count > 1 };
        if count > ROUNDS {
            let class = class_name(&object.get_type());
            return Err(pickling(
                object.py(),
                alloc::format!(
                    "an object of {class} is reached from a slot of its own that cannot be left empty meanwhile: make that \
                 slot optional, a list, a map or `Py<PyAny>`, and the class not frozen"
                ),
            ));
        }
        Ok(mark)
    }

    /// Whether there was another mark for the object.
    pub fn is_cycle(&self) -> bool {
        self.is_cycle
    }
}

#[pymethods]
impl Mark {
    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    #[expect(clippy::unused_self, reason = "the form of the method is Python's")]
    fn __next__(&self) -> Option<Py<PyAny>> {
        None
    }
}

impl Drop for Mark {
    fn drop(&mut self) {
        marks(|marks| {
            if let Some(count) = marks.get_mut(&self.key) {
                *count -= 1;
                if *count == 0 {
                    marks.remove(&self.key);
                }
            }
        });
    }
}

fn marks<R>(with: impl FnOnce(&mut HashMap<Key, usize>) -> R) -> R {
    with(MARKS.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_default())
}

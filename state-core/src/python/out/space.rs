//! The images of states that are pickled, in space that each thread reuses.

use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use std::thread_local;

use pyo3::prelude::*;
use pyo3::types::PyBytes;

use super::slots::Slots;
use crate::error::Result;
use crate::image::SegmentBuffer;
use crate::protocol::root::Root;
use crate::python::error::{pickling, test_unshared};
use crate::python::settings::{LARGE, options};
use crate::schema::fingerprint::identity;
use crate::walk;

thread_local! {
    /// The space of the last state that was read into slots in this thread.
    static SPACE: RefCell<SegmentBuffer> = const { RefCell::new(SegmentBuffer::new()) };
    /// The space of the last state that was packed.
    static PACKED: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Passes the slots of one value to `slots`.
pub(super) fn take(value: Root<'_, '_>, slots: &mut Slots<'_, '_>) -> Result<()> {
    SPACE.with(|space| match space.try_borrow_mut() {
        Ok(mut space) => {
            let taken = take_in(value, slots, &mut space);
            if space.capacity() >= LARGE {
                *space = SegmentBuffer::new();
            }
            taken
        }
        // Making an object for a slot, such as a set, pickled another object.
        Err(_) => take_in(value, slots, &mut SegmentBuffer::new()),
    })
}

fn take_in(value: Root<'_, '_>, slots: &mut Slots<'_, '_>, space: &mut SegmentBuffer) -> Result<()> {
    let identity = identity(value.schema);
    test_unshared(value.schema, &identity)?;
    let segments = options().write_unshared_segments(value, &identity, space)?;
    let (regions, raws) = segments.regions(value.head)?;
    walk::read_state(value.schema, &regions, raws, options().levels(), slots)
}

/// Returns the native bytes of a value. Only packed classes refer to this function, so that modules without any do not
/// link it.
pub type Packer = for<'py> fn(Python<'py>, Root<'_, '_>) -> PyResult<Bound<'py, PyBytes>>;

/// The native bytes of a value.
pub(in crate::python) fn packed<'py>(py: Python<'py>, value: Root<'_, '_>) -> PyResult<Bound<'py, PyBytes>> {
    let (identity, mut bytes) = (identity(value.schema), PACKED.take());
    let written =
        test_unshared(value.schema, &identity).and_then(|()| options().write_unshared(value, &identity, &mut bytes));
    written.map_err(|error| pickling(py, error))?;
    let packed = PyBytes::new(py, &bytes);
    if bytes.capacity() < LARGE {
        PACKED.set(bytes);
    }
    Ok(packed)
}

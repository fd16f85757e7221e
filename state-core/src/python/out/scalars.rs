//! The slots of a class with only numbers and text.

use alloc::vec::Vec;

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyFloat, PyString, PyTuple};

use crate::protocol::decode::read_length;
use crate::protocol::encode::{Size, Writer, changed};
use crate::protocol::float;
use crate::protocol::root::Root;
use crate::protocol::text::Text;
use crate::python::error::pickling;
use crate::python::scalars::{SPACE, Simple, Step};
use crate::python::settings::options;
use crate::schema::root_name;

/// The slots of a value as a tuple.
///
/// # Errors
/// Those of saving its state.
pub(super) fn tuple<'py>(py: Python<'py>, root: Root<'_, '_>, steps: &[Step]) -> PyResult<Bound<'py, PyTuple>> {
    let told = |error: crate::Error| pickling(py, error.at(root_name(root.schema)));
    let levels = options().levels();
    let mut size = Size::new(levels);
    root.value.size(&mut size);
    let total = size.total(root.head).map_err(told)?;
    let (mut small, mut large) = ([0; SPACE], Vec::new());
    let space = match small.get_mut(..total) {
        Some(space) => space,
        None => {
            large.resize(total, 0);
            &mut large[..]
        }
    };
    let (head, regions) = space.split_at_mut(root.head);
    if root.value.put(head, Writer::new(size.lengths(), levels, regions)) != Some([0; 3]) {
        return Err(told(changed()));
    }
    let (mut tail, text) = regions.split_at(size.tail);
    let mut text = Text::new(text).map_err(|error| pickling(py, error))?;
    PyTuple::new(py, steps.iter().map(|step| step.object(py, head, &mut tail, &mut text)))
}

impl Step {
    /// The object of a slot in an image that was just written.
    fn object<'py>(self, py: Python<'py>, head: &[u8], tail: &mut &[u8], text: &mut Text<'_>) -> Bound<'py, PyAny> {
        let head = head.get(self.at..).unwrap_or_default();
        match self.kind {
            Simple::Bool => PyBool::new(py, head.first() == Some(&1)).to_owned().into_any(),
            Simple::Int(size) => {
                let unused = 64 - 8 * size as u32;
                let Ok(number) = ((word(head, size) << unused) as i64 >> unused).into_pyobject(py);
                number.into_any()
            }
            Simple::UInt(size) => {
                let Ok(number) = word(head, size).into_pyobject(py);
                number.into_any()
            }
            Simple::F32 => PyFloat::new(py, float::widen(f32::from_bits(word(head, 4) as u32))).into_any(),
            Simple::F64 => PyFloat::new(py, f64::from_bits(word(head, 8))).into_any(),
            Simple::Str => {
                let len = head.get(..4).and_then(|head| read_length(head, tail)).unwrap_or(0);
                PyString::new(py, text.cut(len).unwrap_or_default()).into_any()
            }
        }
    }
}

/// A little-endian number of up to 8 bytes.
fn word(head: &[u8], size: usize) -> u64 {
    let mut word = [0; 8];
    if let (Some(to), Some(from)) = (word.get_mut(..size), head.get(..size)) {
        to.copy_from_slice(from);
    }
    u64::from_le_bytes(word)
}

//! The short way for classes whose slots are numbers and texts alone: the same image, in space of the stack where it is
//! small, written and read by a list of steps. On the way in it knows no errors: what it does not take is left to the
//! walk, which has the words for it.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyFloat, PyString, PyTuple};

use crate::protocol::decode::{Regions, read_length};
use crate::protocol::encode::{Size, Writer, changed};
use crate::protocol::float;
use crate::protocol::root::Root;
use crate::protocol::text::Text;
use crate::python::error::pickling;
use crate::python::into::items::Items;
use crate::python::into::slot::Slot;
use crate::schema::{Kind, Nodes, Schema, root_name};
use crate::walk::Decoder;

/// Space on the stack for an image without a header, zeroed in a few instructions. Classes with larger heads go the long
/// way.
const SPACE: usize = 128;

/// A slot: where its head stands, and what it is.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    at: usize,
    kind: Simple,
    nonzero: bool,
}

#[derive(Clone, Copy, Debug)]
enum Simple {
    Bool,
    /// Of so many bytes.
    Int(usize),
    UInt(usize),
    F32,
    F64,
    Str,
}

/// The steps of a class with one value; `None` where a slot is something else.
pub(super) fn steps(schemas: &[&'static Schema]) -> Option<Box<[Step]>> {
    let &[schema @ Schema { kind: Kind::Object(object), head, .. }] = schemas else { return None };
    if schema.sharing().shared {
        return None;
    }
    let mut end = 0;
    let steps = object.slots.iter().map(|slot| {
        let schema = Nodes::NONE.get(slot.ty);
        let at = end;
        end += schema.head;
        let kind = match schema.kind {
            Kind::Bool => Simple::Bool,
            Kind::Int { bits: bits @ ..=64, signed: true, .. } => Simple::Int(usize::from(bits) / 8),
            Kind::Int { bits: bits @ ..=64, signed: false, .. } => Simple::UInt(usize::from(bits) / 8),
            Kind::Float { bits: 32 } => Simple::F32,
            Kind::Float { bits: 64 } => Simple::F64,
            Kind::Str => Simple::Str,
            _ => return None,
        };
        let nonzero = matches!(schema.kind, Kind::Int { nonzero: true, .. });
        Some(Step { at, kind, nonzero })
    });
    steps.collect::<Option<Box<[Step]>>>().filter(|_| *head <= SPACE)
}

/// The slots of a value as a tuple.
///
/// # Errors
/// Those of taking its state.
pub(super) fn tuple<'py>(py: Python<'py>, root: Root<'_, '_>, steps: &[Step]) -> PyResult<Bound<'py, PyTuple>> {
    let told = |error: crate::Error| pickling(py, error.at(root_name(root.schema)));
    let levels = crate::python::options().levels();
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

    /// Writes what stands for a slot, if it is what it should be.
    fn fill<'v>(self, slot: Slot<'v, '_>, head: &mut [u8], texts: &mut Texts<'v>) -> Option<()> {
        let head = head.get_mut(self.at..)?;
        let (number, size) = match self.kind {
            Simple::Bool => (u64::from(slot.bool()?), 1),
            Simple::Int(size) => {
                let number = i64::try_from(slot.int()?).ok()?;
                let unused = 64 - 8 * size as u32;
                if number << unused >> unused != number {
                    return None;
                }
                (number as u64, size)
            }
            Simple::UInt(size) => {
                let number = u64::try_from(slot.int()?).ok()?;
                if number > u64::MAX >> (64 - 8 * size as u32) {
                    return None;
                }
                (number, size)
            }
            Simple::F32 => {
                let wide = slot.float()?;
                let narrow = float::narrow(wide);
                if narrow.is_infinite() && wide.is_finite() {
                    return None;
                }
                (narrow.to_bits().into(), 4)
            }
            Simple::F64 => (slot.float()?.to_bits(), 8),
            Simple::Str => {
                let text = slot.str()?;
                texts.push(text);
                // The largest stands for one that does not fit.
                (u32::try_from(text.len()).ok().filter(|&len| len < u32::MAX)?.into(), 4)
            }
        };
        if self.nonzero && number == 0 {
            return None;
        }
        head.get_mut(..size)?.copy_from_slice(&number.to_le_bytes()[..size]);
        Some(())
    }
}

/// The texts of an image, one after another: the only one stays where it is.
#[derive(Default)]
struct Texts<'v> {
    first: &'v str,
    /// All, where there are several.
    joined: String,
}

impl<'v> Texts<'v> {
    fn push(&mut self, text: &'v str) {
        if self.first.is_empty() {
            self.first = text;
            return;
        }
        if self.joined.is_empty() {
            self.joined.push_str(self.first);
        }
        self.joined.push_str(text);
    }

    fn all(&self) -> &str {
        if self.joined.is_empty() { self.first } else { &self.joined }
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

/// An image that was filled by steps.
#[derive(Default)]
pub struct Quick<'v> {
    heads: Heads,
    head: usize,
    texts: Texts<'v>,
}

struct Heads([u8; SPACE]);

impl Default for Heads {
    fn default() -> Self {
        Self([0; SPACE])
    }
}

impl<'v> Quick<'v> {
    /// Fills the image of a state that has exactly these slots. Where this is `None`, it is left to the walk.
    pub(super) fn fill(&mut self, head: usize, steps: &[Step], state: &Items<'v, '_>) -> Option<()> {
        if state.len() != steps.len() {
            return None;
        }
        self.head = head;
        let head = self.heads.0.get_mut(..head)?;
        for (step, slot) in steps.iter().zip(state.clone()) {
            step.fill(slot, head, &mut self.texts)?;
        }
        Some(())
    }

    pub(super) fn regions(&self) -> Regions<'_> {
        let head = self.heads.0.get(..self.head).unwrap_or_default();
        Regions { head, tail: &[], text: Text::of(self.texts.all()), raw: &[], numbered: None }
    }
}

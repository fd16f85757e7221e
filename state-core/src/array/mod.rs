//! Arrays in all formats: the types of their elements and the notation of these, the order of elements, and what they
//! are in an image.

mod described;
pub(crate) mod descriptor;
mod dtype;
mod element;
mod parts;
pub(crate) mod scalar;

pub use dtype::{ByteOrder, Dtype, Field, Structured, Subarray, TimeUnit};
pub(crate) use element::Element;
pub(crate) use parts::ArrayParts;

use alloc::format;
use alloc::string::String;
use core::fmt::{self, Display, Write};

use crate::error::{Error, ErrorKind};
use crate::schema::fingerprint::hash;
use crate::schema::{Kind, Nodes, Schema, Show};

/// The error for bytes that are not those of an array of this shape, which would have `wanted` bytes.
#[cold]
pub(crate) fn wrong_length(elements: impl Display, shape: &[usize], (wanted, len): (Option<usize>, usize)) -> Error {
    let wanted = wanted.map_or_else(String::new, |wanted| format!("{wanted} "));
    let expected = format!("the {wanted}bytes of an array of shape {shape:?} of {elements}");
    Error::new(ErrorKind::Malformed, expected, format!("{len} bytes"))
}

/// The greatest length of a layout in words; longer ones are never taken to be the same.
const LAYOUT: usize = 1 << 16;

/// The length up to which a layout is kept; of a longer one, this much and a hash.
const SHOWN: usize = 96;

/// The elements of a raw array.
#[derive(Clone, Copy, Debug)]
pub struct Elements<'a> {
    pub(crate) schema: &'a Schema,
    pub(crate) nodes: &'a Nodes,
}

impl Elements<'_> {
    /// The layout of an element in words, by which its bytes are distinguished from those of another type.
    pub(crate) fn layout(self) -> String {
        let mut out = Layout(String::new());
        let Ok(()) = layout((self.schema, self.nodes), &mut out) else { return String::new() };
        if out.0.len() <= SHOWN {
            return out.0;
        }
        let shown: String = out.0.chars().take(SHOWN).collect();
        alloc::format!("{shown}.. ({:016x})", hash(out.0.as_bytes()))
    }
}

/// Text of at most [`LAYOUT`] bytes.
struct Layout(String);

impl Write for Layout {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.push_str(text);
        if self.0.len() > LAYOUT { Err(fmt::Error) } else { Ok(()) }
    }
}

fn layout((schema, nodes): (&Schema, &Nodes), out: &mut Layout) -> fmt::Result {
    match &schema.kind {
        Kind::Record(record) => {
            out.write_char('{')?;
            for field in &*record.fields {
                write!(out, "{} at {}: ", field.name, field.offset)?;
                layout((nodes.get(field.ty), nodes), out)?;
                out.write_str(", ")?;
            }
            write!(out, "{} bytes}}", schema.head)
        }
        Kind::Array(of, count) => {
            write!(out, "{count} of ")?;
            layout((nodes.get(*of), nodes), out)
        }
        _ => write!(out, "{}", Show(schema, nodes)),
    }
}

/// The order in which an array's elements are stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Order {
    /// Elements that differ in the last index are adjacent, as in C.
    #[default]
    C,
    /// Elements that differ in the first index are adjacent, as in Fortran.
    Fortran,
}

/// The number of elements.
pub(crate) fn count(shape: &[usize]) -> Option<usize> {
    if shape.contains(&0) {
        return Some(0);
    }
    shape.iter().try_fold(1_usize, |count, length| count.checked_mul(*length))
}

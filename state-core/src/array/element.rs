//! Elements of raw arrays in words.

use core::fmt::{self, Write};

use super::Elements;
use crate::error::Escaped;
use crate::literal::{Bytes, Float, Single};
use crate::schema::{Kind, Record};

/// The length of the text shown for one element, in bytes; approximate, because a part is never cut.
const SHOWN_TEXT: usize = 1000;

/// An element of a raw array, shown by its layout. Layouts are checked when a schema is read: each field is inside its
/// record.
pub(crate) struct Element<'a>(pub Elements<'a>, pub &'a [u8]);

impl fmt::Display for Element<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        element(self.0, self.1, &mut Counted { to: f, len: 0 })
    }
}

/// Counts the bytes of what is written.
struct Counted<'a, 'f> {
    to: &'a mut fmt::Formatter<'f>,
    len: usize,
}

impl Write for Counted<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.len += text.len();
        self.to.write_str(text)
    }
}

impl Counted<'_, '_> {
    /// Writes the separator before a part, or an ellipsis if there is much text already; returns whether the part is to
    /// be shown.
    fn part(&mut self, at: usize) -> Result<bool, fmt::Error> {
        self.write_str(if at == 0 { "" } else { ", " })?;
        if self.len > SHOWN_TEXT {
            self.write_str("...")?;
            return Ok(false);
        }
        Ok(true)
    }
}

fn element(elements: Elements<'_>, bytes: &[u8], out: &mut Counted<'_, '_>) -> fmt::Result {
    let of = |link| Elements { schema: elements.nodes.get(link), nodes: elements.nodes };
    let number = || bytes.iter().rev().fold(0, |value: u128, &byte| value << 8 | u128::from(byte));
    match &elements.schema.kind {
        Kind::Int { signed: true, .. } => {
            let unused = 128_usize.saturating_sub(8 * bytes.len()) % 128;
            write!(out, "{}", (number() << unused) as i128 >> unused)
        }
        Kind::Int { .. } => write!(out, "{}", number()),
        Kind::Float { bits: 32 } => write!(out, "{}", Single(f32::from_bits(number() as u32))),
        Kind::Float { .. } => write!(out, "{}", Float(f64::from_bits(number() as u64))),
        Kind::Array(part, _) => {
            let part = of(*part);
            out.write_str("[")?;
            for (at, bytes) in bytes.chunks_exact(part.schema.head.max(1)).enumerate() {
                if !out.part(at)? {
                    break;
                }
                element(part, bytes, out)?;
            }
            out.write_str("]")
        }
        Kind::Record(Record { fields, .. }) => {
            out.write_str("{")?;
            for (at, field) in fields.iter().enumerate() {
                if !out.part(at)? {
                    break;
                }
                write!(out, "{}: ", Escaped(&field.name))?;
                let part = of(field.ty);
                let end = field.offset.saturating_add(part.schema.head);
                element(part, bytes.get(field.offset..end).unwrap_or_default(), out)?;
            }
            out.write_str("}")
        }
        _ => write!(out, "{}", Bytes(bytes)),
    }
}

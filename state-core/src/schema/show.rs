//! A schema in words, short enough for an error message.

use alloc::string::String;
use core::fmt::{self, Write};

use super::{Kind, Link, Nodes, Schema};
use crate::error::{Escaped, write_printable};

impl fmt::Display for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Show(self, Nodes::NONE).fmt(f)
    }
}

/// The greatest length of a schema in an error, in bytes: schemas are also read from files.
const BRIEF: usize = 400;

/// A node as errors name it: cut short, and without characters that a log or terminal would act on.
pub(crate) fn brief(show: &Show<'_>) -> String {
    let mut brief = Brief(String::new());
    if write!(brief, "{show}").is_err() {
        brief.0.push_str("...");
    }
    brief.0
}

struct Brief(String);

impl Write for Brief {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for letter in text.chars() {
            if self.0.len() > BRIEF {
                return Err(fmt::Error);
            }
            write_printable(&mut self.0, letter)?;
        }
        Ok(())
    }
}

/// A node and the table that its links refer to.
#[derive(Clone, Copy)]
pub(crate) struct Show<'a>(pub &'a Schema, pub &'a Nodes);

impl Show<'_> {
    fn link(&self, link: Link) -> Show<'_> {
        Show(self.1.get(link), self.1)
    }
}

impl fmt::Display for Show<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.kind {
            Kind::Unit => f.write_str("unit"),
            Kind::Bool => f.write_str("bool"),
            Kind::Char => f.write_str("char"),
            Kind::Int { bits, signed, nonzero } => {
                let nonzero = if *nonzero { "non-zero " } else { "" };
                write!(f, "{nonzero}{}{bits}", if *signed { 'i' } else { 'u' })
            }
            Kind::Float { bits } => write!(f, "f{bits}"),
            Kind::Str => f.write_str("text"),
            Kind::Known(known) => f.write_str(known.name()),
            Kind::Open(open) => write!(f, "any registered {}", Escaped(&open.name)),
            Kind::Seconds { signed } => f.write_str(if *signed { "point in time" } else { "duration" }),
            Kind::Optional(of) => write!(f, "optional {}", self.link(*of)),
            Kind::List(of) => write!(f, "list of {}", self.link(*of)),
            Kind::Set(of) => write!(f, "set of {}", self.link(*of)),
            Kind::Map(key, value) => write!(f, "map of {} to {}", self.link(*key), self.link(*value)),
            Kind::Array(of, len) => write!(f, "array of {len} {}", self.link(*of)),
            Kind::Tuple(items) => {
                f.write_str("tuple (")?;
                for (at, &item) in items.iter().enumerate() {
                    write!(f, "{}{}", if at == 0 { "" } else { ", " }, self.link(item))?;
                }
                f.write_str(")")
            }
            Kind::Boxed(of) => write!(f, "boxed {}", self.link(*of)),
            Kind::Weak(of) => write!(f, "weak reference to {}", self.link(*of)),
            Kind::Serde => f.write_str("serde value"),
            Kind::Raw(raw) => {
                let optional = if raw.optional { "optional " } else { "" };
                write!(f, "{optional}raw array of {}", self.link(raw.element))
            }
            Kind::Grid(of, None) => write!(f, "array of any dimensions of {}", self.link(*of)),
            Kind::Grid(of, Some(count)) => write!(f, "array of {count} dimensions of {}", self.link(*of)),
            Kind::Object(_) | Kind::Enum(_) | Kind::Record(_) => Escaped(self.0.tag().unwrap_or("unnamed")).fmt(f),
            Kind::Opaque { size, big_endian } => {
                let order = if *big_endian { "big" } else { "little" };
                write!(f, "opaque {size}-byte struct in {order}-endian order")
            }
            #[cfg(feature = "pyo3")]
            Kind::Handle(handle) => f.write_str(&(handle.class)()),
        }
    }
}

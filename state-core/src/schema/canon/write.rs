//! From a schema to its canonical bytes.

use alloc::vec::Vec;

use super::{BACK, DOUBLE, FLOAT, INTS, NAMESAKE, tag};
use crate::protocol::leb;
use crate::schema::{Kind, Link, Raw, Record, Schema, Slot};

/// Writes `root` and all that it links to.
pub(crate) fn write_canonical(root: &'static Schema) -> Vec<u8> {
    write(root, false)
}

/// The canonical bytes, and the rows of bits that accompany them.
pub(in crate::schema) struct Listed {
    pub bytes: Vec<u8>,
    /// For each raw array, whether it shows as one.
    pub arrays: Vec<bool>,
    /// For each node, including repeated ones, whether it is a shared pointer.
    pub shared: Vec<bool>,
}

/// Writes the canonical bytes, and collects the bits that are not part of them.
pub(in crate::schema) fn write_listed(root: &'static Schema) -> Listed {
    let mut out = Out::new(false);
    out.node(root);
    Listed { bytes: out.bytes, arrays: out.arrays, shared: out.shared }
}

/// Writes the canonical bytes as a machine of the other byte order would: only opaque structs differ.
pub(crate) fn write_for_other_order(root: &'static Schema) -> Vec<u8> {
    write(root, true)
}

fn write(root: &'static Schema, other_order: bool) -> Vec<u8> {
    let mut out = Out::new(other_order);
    out.node(root);
    out.bytes
}

/// Writes the schema of a Python class as its pickles carry it: the canonical bytes, except that the usual numbers are
/// one byte each, and that the name of the class is not repeated if it is the type's.
#[cfg(feature = "pyo3")]
pub(crate) fn write_for_class(root: &'static Schema, class: &str) -> Vec<u8> {
    let mut out = Out { class: Some(class), ..Out::new(false) };
    out.node(root);
    out.bytes
}

/// The byte that abbreviates a usual number, or an object with the name of the class, and whether it is a number.
fn brief(node: &Schema, class: &str) -> Option<(u8, bool)> {
    match &node.kind {
        Kind::Int { bits, signed, nonzero: false } => {
            Some((INTS + 2 * (bits / 8).trailing_zeros() as u8 + u8::from(*signed), true))
        }
        Kind::Float { bits } => Some((if *bits == 64 { DOUBLE } else { FLOAT }, true)),
        Kind::Object(object) if object.name == class => Some((NAMESAKE, false)),
        _ => None,
    }
}

/// The canonical bytes of an object of this name that has no slots.
#[cfg(feature = "pyo3")]
pub(crate) fn canonical_without_slots(name: &str) -> Vec<u8> {
    let mut out = Out { bytes: alloc::vec![super::OBJECT], ..Out::new(false) };
    out.name(name);
    out.bytes.extend([0, 0]);
    out.bytes
}

struct Out<'c> {
    /// The class whose pickle it is for, in which abbreviations are used.
    class: Option<&'c str>,
    other_order: bool,
    bytes: Vec<u8>,
    named: Vec<&'static Schema>,
    /// For each raw array, whether it shows as one.
    arrays: Vec<bool>,
    /// For each node, including repeated ones, whether it is a shared pointer.
    shared: Vec<bool>,
}

impl Out<'_> {
    fn new(other_order: bool) -> Self {
        let (bytes, named, arrays, shared) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { other_order, bytes, named, arrays, shared, class: None }
    }

    fn number(&mut self, number: u64) {
        leb::write(&mut self.bytes, number);
    }

    fn name(&mut self, name: &str) {
        self.number(name.len() as u64);
        self.bytes.extend_from_slice(name.as_bytes());
    }

    fn link(&mut self, link: Link) {
        // Only schemas that were read have links into a table, and those are never written.
        if let Link::To(schema) = link {
            self.node(schema());
        }
    }

    fn slots(&mut self, slots: &[Slot]) {
        self.number(slots.len() as u64);
        for slot in slots {
            self.name(&slot.name);
            self.link(slot.ty);
        }
    }

    fn node(&mut self, node: &'static Schema) {
        self.shared.push(node.shared.is_some() && !matches!(node.kind, Kind::Weak(_)));
        if node.tag().is_some() {
            if let Some(index) = self.named.iter().position(|seen| seen.same_type(node)) {
                self.bytes.push(BACK);
                return self.number(index as u64);
            }
            self.named.push(node);
        }
        match self.class.and_then(|class| brief(node, class)) {
            Some((byte, is_number)) => {
                self.bytes.push(byte);
                if let (Kind::Object(object), false) = (&node.kind, is_number) {
                    self.bytes.push(u8::from(object.has_parent));
                    self.slots(&object.slots);
                }
            }
            None => {
                self.bytes.push(tag(&node.kind));
                self.body(node);
            }
        }
    }

    fn body(&mut self, node: &Schema) {
        match &node.kind {
            Kind::Unit | Kind::Bool | Kind::Char | Kind::Str | Kind::Serde => {}
            Kind::Int { bits, signed, nonzero } => {
                self.bytes.extend([*bits, u8::from(*signed) | u8::from(*nonzero) << 1]);
            }
            Kind::Float { bits } => self.bytes.push(*bits),
            Kind::Known(known) => self.bytes.push(known.code()),
            Kind::Open(open) => self.name(&open.name),
            Kind::Seconds { signed } => self.bytes.push(u8::from(*signed)),
            Kind::Optional(of) | Kind::List(of) | Kind::Set(of) | Kind::Boxed(of) | Kind::Weak(of) => self.link(*of),
            Kind::Map(key, value) => {
                self.link(*key);
                self.link(*value);
            }
            Kind::Array(of, len) => {
                self.number(*len);
                self.link(*of);
            }
            Kind::Tuple(items) => {
                self.number(items.len() as u64);
                items.iter().for_each(|&item| self.link(item));
            }
            Kind::Raw(raw) => self.raw(raw),
            Kind::Grid(of, dimensions) => {
                self.number(dimensions.map_or(0, |count| 1 + u64::from(count)));
                self.link(*of);
            }
            Kind::Object(object) => {
                self.name(&object.name);
                self.bytes.push(u8::from(object.has_parent));
                self.slots(&object.slots);
            }
            Kind::Enum(of) => {
                self.name(&of.name);
                self.number(of.variants.len() as u64);
                for variant in &*of.variants {
                    self.name(&variant.name);
                    self.slots(&variant.slots);
                }
            }
            Kind::Record(record) => self.record(record, node.head),
            #[cfg(feature = "pyo3")]
            Kind::Handle(_) => {}
            Kind::Opaque { size, big_endian } => {
                self.number(*size);
                self.bytes.push(u8::from(*big_endian != self.other_order));
            }
        }
    }

    fn raw(&mut self, raw: &Raw) {
        self.arrays.push(raw.array);
        let exactly = u8::from(raw.exactly.is_some()) << 2;
        self.bytes.push(u8::from(raw.optional) | u8::from(raw.counted) << 1 | exactly);
        if let Some(count) = raw.exactly {
            self.number(count);
        }
        self.link(raw.element);
    }

    fn record(&mut self, record: &Record, size: usize) {
        self.name(&record.name);
        self.number(size as u64);
        self.number(record.fields.len() as u64);
        for field in &*record.fields {
            self.name(&field.name);
            self.number(field.offset as u64);
            self.link(field.ty);
        }
    }
}

//! What a node of a schema can be, and its parts.

use alloc::borrow::Cow;
use alloc::string::{String, ToString};

use super::{Evolution, Form, Nodes, Open, Schema, Sharing};
use crate::error::Error;
use crate::protocol::builder::Builder;
use crate::standard::Known;
use crate::state::Parent;

#[derive(Debug, Clone)]
pub(crate) enum Kind {
    Unit,
    Bool,
    Char,
    Int {
        bits: u8,
        signed: bool,
        nonzero: bool,
    },
    Float {
        bits: u8,
    },
    Str,
    /// Seconds (`signed` for points in time) and nanoseconds below 10⁹.
    Seconds {
        signed: bool,
    },
    Optional(Link),
    List(Link),
    Set(Link),
    Map(Link, Link),
    Array(Link, u64),
    Tuple(Cow<'static, [Link]>),
    Boxed(Link),
    /// A weak reference to the object of an `Rc` or `Arc`.
    Weak(Link),
    /// One of the types of an open set, by its tag.
    Open(Open),
    /// A type for which Python has a class.
    Known(Known),
    /// A serde value as CBOR; in a tuple it is those bytes.
    Serde,
    Raw(Raw),
    /// Elements of a raw array in several dimensions; their number, if the type fixes it.
    Grid(Link, Option<u8>),
    Object(Object),
    Enum(Enum),
    Record(Record),
    /// A `Pod` struct of which only the size is known.
    Opaque {
        size: u64,
        big_endian: bool,
    },
    /// An object of another runtime: its index in a table besides the image, which never leaves the process.
    #[cfg(feature = "pyo3")]
    Handle(Handle),
}

impl Kind {
    /// Whether two kinds without a name are the same, apart from their links and from what is not part of the image.
    pub fn is_alike(&self, other: &Self) -> bool {
        match (self, other) {
            (Kind::Int { bits: a, signed: b, nonzero: c }, Kind::Int { bits, signed, nonzero }) => {
                (a, b, c) == (bits, signed, nonzero)
            }
            (Kind::Float { bits: a }, Kind::Float { bits: b }) => a == b,
            (Kind::Seconds { signed: a }, Kind::Seconds { signed: b }) => a == b,
            (Kind::Known(a), Kind::Known(b)) => a == b,
            (Kind::Open(a), Kind::Open(b)) => a.name == b.name,
            (Kind::Opaque { size: a, big_endian: b }, Kind::Opaque { size, big_endian }) => {
                (a, b) == (size, big_endian)
            }
            (a, b) => core::mem::discriminant(a) == core::mem::discriminant(b),
        }
    }

    /// The number in a head of this kind, as errors show it.
    pub fn number(&self, head: &[u8]) -> Option<String> {
        let bits = head.iter().rev().fold(0, |bits: u128, &byte| bits << 8 | u128::from(byte));
        match self {
            Self::Int { signed: false, .. } => Some(bits.to_string()),
            Self::Int { .. } => {
                let unused = 128 - 8 * head.len();
                Some(((bits << unused) as i128 >> unused).to_string())
            }
            Self::Float { bits: 32 } => Some(f32::from_bits(bits as u32).to_string()),
            Self::Float { .. } => Some(f64::from_bits(bits as u64).to_string()),
            _ => None,
        }
    }
}

/// An object: its state is its parent's, then its own slots.
#[derive(Debug, Clone)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct Object {
    pub name: Cow<'static, str>,
    /// The first slot is the parent.
    pub has_parent: bool,
    pub slots: Cow<'static, [Slot]>,
    pub refuses: bool,
    pub skips: bool,
    pub counted_first: bool,
    pub sharing: Sharing,
    pub form: Form,
    pub evolution: &'static Evolution,
}

#[derive(Debug, Clone)]
pub(crate) struct Enum {
    pub name: Cow<'static, str>,
    pub variants: Cow<'static, [EnumVariant]>,
    pub refuses: bool,
    pub skips: bool,
    pub counted_first: bool,
    pub sharing: Sharing,
    pub form: Form,
    pub evolution: &'static Evolution,
}

/// A variant of an enum.
#[derive(Debug, Clone)]
pub struct EnumVariant {
    pub(crate) name: Cow<'static, str>,
    pub(crate) slots: Cow<'static, [Slot]>,
    /// The value of the member of a Python enum, if it is given. Like [`Form`], it is no part of the image.
    pub(crate) value: Option<i128>,
}

/// A slot of an object.
#[derive(Debug, Clone)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct Slot {
    pub(crate) name: Cow<'static, str>,
    pub(crate) ty: Link,
    /// Whether a function of the user makes what is written.
    pub(crate) converts: bool,
    pub(crate) refuses: bool,
    pub(crate) sharing: Sharing,
    /// Whether a history holds the pointers in it instead of their objects.
    pub(crate) held: bool,
    /// Whether hash maps and sets in it are written in an order that equal ones share.
    pub(crate) sorted: bool,
    pub(crate) default: Option<DefaultFn>,
}

/// Writes a slot's default at a head of an image.
pub(crate) type DefaultFn = fn(&mut Builder, usize) -> Result<(), Error>;

/// The objects that a handle can refer to.
#[cfg(feature = "pyo3")]
#[derive(Debug, Clone, Copy)]
pub(crate) struct Handle {
    /// Their class, as an error names it.
    pub class: fn() -> String,
    /// Whether the object at an index of the table is of that class.
    pub accepts: fn(u64) -> bool,
}

#[cfg(feature = "pyo3")]
impl Handle {
    /// For a schema that was read, which does not include the class.
    pub const ANY: Self = Self { class: || String::from("an object of Python"), accepts: |_| true };
}

/// A raw array: the bytes of its elements, and their count.
#[derive(Debug, Clone)]
pub(crate) struct Raw {
    pub element: Link,
    pub optional: bool,
    /// Whether the count is a separate slot.
    pub counted: bool,
    pub exactly: Option<u64>,
    /// Whether Python sees an array of elements instead of bytes. Like [`Form`], it is no part of the image.
    pub array: bool,
}

/// A `repr(C)` struct in a raw array.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub name: Cow<'static, str>,
    pub fields: Cow<'static, [RecordField]>,
    pub evolution: &'static Evolution,
}

/// A field of a record.
#[derive(Debug, Clone)]
pub struct RecordField {
    pub(crate) name: Cow<'static, str>,
    pub(crate) offset: usize,
    pub(crate) ty: Link,
    /// Writes the field's value for records of an older form without it.
    pub(crate) default: Option<fn(&mut [u8])>,
}

/// A reference to another node.
#[derive(Debug, Clone, Copy)]
pub enum Link {
    /// To the schema that a type's function returns.
    To(fn() -> &'static Schema),
    /// To a node in the table that was read with this schema.
    #[doc(hidden)]
    At(usize),
}

impl Enum {
    /// The object in a variant, if the enum is the list of the types behind a trait object.
    pub(crate) fn member<'a>(&self, variant: &EnumVariant, nodes: &'a Nodes) -> Option<(&'a Schema, &'a Object)> {
        let [slot] = &*variant.slots else { return None };
        let schema = nodes.get(slot.ty);
        match &schema.kind {
            Kind::Object(object) if self.form == Form::Dynamic => Some((schema, object)),
            _ => None,
        }
    }
}

impl EnumVariant {
    #[doc(hidden)]
    #[must_use]
    pub const fn new(name: &'static str, slots: &'static [Slot]) -> Self {
        Self { name: Cow::Borrowed(name), slots: Cow::Borrowed(slots), value: None }
    }

    /// The same variant, a member of a Python enum with this value.
    #[doc(hidden)]
    #[must_use]
    pub const fn valued(mut self, value: i128) -> Self {
        self.value = Some(value);
        self
    }
}

impl Slot {
    #[doc(hidden)]
    #[must_use]
    pub const fn new(name: &'static str, schema: fn() -> &'static Schema) -> Self {
        Self {
            name: Cow::Borrowed(name),
            ty: Link::To(schema),
            converts: false,
            refuses: false,
            sharing: Sharing::NO,
            held: false,
            sorted: false,
            default: None,
        }
    }

    /// The slot of a parent, which is replaced by the parent's own slots.
    #[doc(hidden)]
    #[must_use]
    pub const fn parent<T: Parent>(name: &'static str) -> Self {
        Self::new(name, T::schema)
    }

    /// The same slot, filled by a default where the state has no value for it.
    #[doc(hidden)]
    #[must_use]
    pub const fn or(mut self, default: DefaultFn) -> Self {
        self.default = Some(default);
        self
    }

    /// The same slot, whose hash maps and sets are sorted.
    #[doc(hidden)]
    #[must_use]
    pub const fn sorted(mut self) -> Self {
        self.sorted = true;
        self
    }

    /// The same slot, in which shared objects stay one object.
    #[doc(hidden)]
    #[must_use]
    pub const fn sharing(mut self, sharing: Sharing) -> Self {
        self.sharing = sharing;
        self
    }

    /// The same slot, whose pointers a history holds.
    #[doc(hidden)]
    #[must_use]
    pub const fn held(mut self) -> Self {
        self.held = true;
        self
    }

    /// The same slot, with a conversion, which may be able to refuse a value.
    #[doc(hidden)]
    #[must_use]
    pub const fn converted(mut self, refuses: bool) -> Self {
        self.converts = true;
        self.refuses = refuses;
        self
    }
}

impl RecordField {
    #[doc(hidden)]
    #[must_use]
    pub const fn new(name: &'static str, offset: usize, schema: fn() -> &'static Schema) -> Self {
        Self { name: Cow::Borrowed(name), offset, ty: Link::To(schema), default: None }
    }

    /// The same field, filled by a default in records of an older form.
    #[doc(hidden)]
    #[must_use]
    pub const fn or(mut self, default: fn(&mut [u8])) -> Self {
        self.default = Some(default);
        self
    }
}

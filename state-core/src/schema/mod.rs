//! Schemas: names, types and layout of the slots of a type's state.
//!
//! A schema is a graph, because types are: a [`Link`] refers to the next node by a function that returns it, so that no
//! constant of a recursive type depends on itself. Schemas that were read from a file contain indices instead.

mod canon;
mod diff;
pub(crate) mod evolution;
pub(crate) mod fingerprint;
pub(crate) mod form;
mod heads;
pub(crate) mod layout;
mod open;
mod order;
mod pointers;
mod present;
mod show;

use alloc::borrow::Cow;
use alloc::vec::Vec;

use crate::error::Error;
use crate::protocol::builder::Builder;
use crate::standard::Known;

pub(crate) use canon::{Carried, Rows, parse, parse_some, parse_within, write_canonical, write_for_other_order};
#[cfg(feature = "pyo3")]
pub(crate) use canon::{canonical_without_slots, parse_class_within, write_for_class};
pub(crate) use diff::{Graph, first_difference, root_name, short};
pub(crate) use evolution::{Alias, Convert, Evolution, OldForm, Upgrade};
pub(crate) use form::{Form, Shape, Sharing};
pub(crate) use layout::Layout;
#[cfg(feature = "std")]
pub(crate) use open::unregistered;
#[doc(hidden)]
pub use open::{KnownMember, KnownSet};
pub(crate) use open::{OPEN_HEAD, Open};
pub(crate) use order::unordered;
#[doc(hidden)]
pub use pointers::SharedKey;
pub(crate) use pointers::{ClassKey, PointerKey};
pub(crate) use present::Present;
pub(crate) use show::{Show, brief};

/// Names, types and layout of a type's slots; `Display` prints the type as in the listing of a file.
///
/// ```
/// use state_core::State;
/// assert_eq!(<Vec<Option<u16>> as State>::schema().to_string(), "list of optional u16");
/// ```
#[derive(Debug, Clone)]
pub struct Schema {
    pub(crate) kind: Kind,
    pub(crate) head: usize,
    /// Tells nominal types apart; see [`Schema::same_type`].
    id: Option<fn() -> &'static str>,
    /// Whether its entries come in an order that equal ones need not share. As [`Form`], it is no part of the image.
    pub(crate) hashed: bool,
    /// Where it is an `Rc` or `Arc`, before which a record stands where references are numbered, or a weak reference:
    /// which. As `hashed`.
    pub(crate) shared: Option<PointerKey>,
}

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
    /// A weak reference to what stands behind an `Rc` or `Arc`.
    Weak(Link),
    /// One of the types of an open set, by its tag.
    Open(Open),
    /// A type for which Python has a class.
    Known(Known),
    /// A serde value as CBOR; the tuple shows its bytes.
    Serde,
    Raw(Raw),
    /// Elements of a raw array in several dimensions, as many as this says if the type fixes it.
    Grid(Link, Option<u8>),
    Object(Object),
    Enum(Enum),
    Record(Record),
    /// A `Pod` struct that is known by its size alone.
    Opaque {
        size: u64,
        big_endian: bool,
    },
    /// An object of another runtime: its place in a table beside the image, which never leaves the process.
    #[cfg(feature = "pyo3")]
    Handle(Handle),
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
    pub asks: bool,
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
    pub asks: bool,
    pub sharing: Sharing,
    pub form: Form,
    pub evolution: &'static Evolution,
}

/// One form of an enum.
#[derive(Debug, Clone)]
pub struct EnumVariant {
    pub(crate) name: Cow<'static, str>,
    pub(crate) slots: Cow<'static, [Slot]>,
    /// What the member of a Python enum is worth, if it is told. As [`Form`], it is no part of the image.
    pub(crate) value: Option<i128>,
}

/// One slot of an object.
#[derive(Debug, Clone)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct Slot {
    pub(crate) name: Cow<'static, str>,
    pub(crate) ty: Link,
    /// Whether a function of the user's makes what is written.
    pub(crate) converts: bool,
    pub(crate) refuses: bool,
    pub(crate) sharing: Sharing,
    /// Whether a history keeps the pointers in it instead of what they lead to.
    pub(crate) held: bool,
    /// Whether hash maps and sets in it are written in an order that equal ones share.
    pub(crate) sorted: bool,
    pub(crate) default: Option<DefaultFn>,
}

/// Writes a slot's default at a head of an image.
pub(crate) type DefaultFn = fn(&mut Builder, usize) -> Result<(), Error>;

/// What may stand behind a handle.
#[cfg(feature = "pyo3")]
#[derive(Debug, Clone, Copy)]
pub(crate) struct Handle {
    /// Its class, as an error names it.
    pub class: fn() -> alloc::string::String,
    /// Whether the object at a place of the table is of that class.
    pub accepts: fn(u64) -> bool,
}

#[cfg(feature = "pyo3")]
impl Handle {
    /// In a schema that was read: the class is no part of it.
    pub const ANY: Self = Self { class: || alloc::string::String::from("an object of Python"), accepts: |_| true };
}

/// A raw array: the bytes of its elements, and their count.
#[derive(Debug, Clone)]
pub(crate) struct Raw {
    pub element: Link,
    pub optional: bool,
    /// Whether the count is a slot of its own.
    pub counted: bool,
    pub exactly: Option<u64>,
    /// Whether Python sees an array of elements instead of bytes. As [`Form`], it is no part of the image.
    pub array: bool,
}

/// A `repr(C)` struct as it lies in a raw array.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub name: Cow<'static, str>,
    pub fields: Cow<'static, [RecordField]>,
    pub evolution: &'static Evolution,
}

/// One field of a record.
#[derive(Debug, Clone)]
pub struct RecordField {
    pub(crate) name: Cow<'static, str>,
    pub(crate) offset: usize,
    pub(crate) ty: Link,
    /// Writes what it is in records of an older form that had no such field.
    pub(crate) default: Option<fn(&mut [u8])>,
}

/// A reference to another node.
#[derive(Debug, Clone, Copy)]
pub enum Link {
    /// To the schema that a type's function returns.
    To(fn() -> &'static Schema),
    /// To a node of the table that was read with this schema.
    #[doc(hidden)]
    At(usize),
}

/// The nodes that [`Link::At`] leads to; empty for the schemas of types.
#[derive(Debug, Default, Clone)]
pub(crate) struct Nodes(pub Vec<Schema>);

impl Nodes {
    pub const NONE: &'static Self = &Self(Vec::new());

    pub fn get(&self, link: Link) -> &Schema {
        match link {
            Link::To(schema) => schema(),
            Link::At(index) => self.0.get(index).unwrap_or(&UNIT),
        }
    }

    /// Whether this node, or any that it leads to, is one that is looked for.
    pub fn reach(&self, from: &Schema, mut is_wanted: impl FnMut(&Schema) -> bool) -> bool {
        let (mut open, mut seen) = (alloc::vec![from], alloc::collections::BTreeSet::new());
        while let Some(node) = open.pop() {
            if is_wanted(node) {
                return true;
            }
            if node.tag().is_none() || seen.insert(core::ptr::from_ref(node)) {
                open.extend(node.links().into_iter().map(|link| self.get(link)));
            }
        }
        false
    }
}

pub(crate) static UNIT: Schema = Schema::leaf(Kind::Unit, 0);

impl Nodes {
    /// Says of open sets what the program knows of those that have their names in another schema.
    pub fn know_sets(&mut self, of: &Self, root: &Schema) {
        let mut known = Vec::new();
        of.reach(root, |node| {
            if let Kind::Open(open) = &node.kind {
                known.push(open.clone());
            }
            false
        });
        for node in &mut self.0 {
            if let Kind::Open(open) = &mut node.kind {
                open.known = known.iter().find(|set| set.name == open.name).and_then(|set| set.known);
            }
        }
    }
}

impl Schema {
    pub(crate) const fn leaf(kind: Kind, head: usize) -> Self {
        Self { kind, head, id: None, hashed: false, shared: None }
    }

    /// The same behind an `Rc` or `Arc`.
    #[doc(hidden)]
    #[must_use]
    pub const fn shared(mut self, key: SharedKey) -> Self {
        self.shared = Some(PointerKey::Type(key));
        self
    }

    /// What stands for the schema of a type that has no name.
    #[doc(hidden)]
    pub const NAMELESS: Self = Self::leaf(Kind::Unit, 0);

    /// The name of a type that was derived, in a constant.
    pub(crate) const fn name(&'static self) -> Option<&'static str> {
        match &self.kind {
            Kind::Object(Object { name: Cow::Borrowed(name), .. })
            | Kind::Enum(Enum { name: Cow::Borrowed(name), .. }) => Some(name),
            _ => None,
        }
    }

    /// What such a type says of its older forms, in a constant.
    pub(crate) const fn older(&self) -> &'static Evolution {
        match &self.kind {
            Kind::Object(Object { evolution, .. }) | Kind::Enum(Enum { evolution, .. }) => evolution,
            _ => &Evolution::NONE,
        }
    }

    /// The same type under another name, and with names that it had.
    #[doc(hidden)]
    #[must_use]
    pub const fn named(mut self, tag: &'static str, evolution: &'static Evolution) -> Self {
        if let Kind::Object(Object { name, .. }) | Kind::Enum(Enum { name, .. }) = &mut self.kind {
            // A constant cannot drop the other name, which owns nothing.
            core::mem::forget(core::mem::replace(name, Cow::Borrowed(tag)));
        }
        self.evolving(evolution)
    }

    /// The schema of a weak reference.
    #[doc(hidden)]
    #[must_use]
    pub const fn weak(of: fn() -> &'static Self) -> Self {
        Self::leaf(Kind::Weak(Link::To(of)), crate::sharing::RECORD)
    }

    /// The schema of a pointer to a sized value.
    #[doc(hidden)]
    #[must_use]
    pub const fn boxed(of: fn() -> &'static Self) -> Self {
        Self::leaf(Kind::Boxed(Link::To(of)), 0)
    }

    /// The same map or set, in the order of a hash table.
    #[cfg(feature = "std")]
    pub(crate) const fn hashed(mut self) -> Self {
        self.hashed = true;
        self
    }

    /// The schema of a struct. `id` is the type's full name within the program, and `has_parent` says that the
    /// first slot is one.
    #[doc(hidden)]
    #[must_use]
    pub const fn object(names: Names, head: usize, shape: Shape, slots: &'static [Slot]) -> Self {
        let object = Object {
            name: Cow::Borrowed(names.tag),
            has_parent: shape.has_parent,
            slots: Cow::Borrowed(slots),
            refuses: shape.refuses,
            skips: shape.skips,
            asks: shape.asks,
            sharing: shape.sharing,
            form: shape.form,
            evolution: &Evolution::NONE,
        };
        Self { kind: Kind::Object(object), head, id: Some(names.id), hashed: false, shared: None }
    }

    /// The schema of an enum.
    #[doc(hidden)]
    #[must_use]
    pub const fn enumeration(names: Names, head: usize, shape: Shape, variants: &'static [EnumVariant]) -> Self {
        let kind = Kind::Enum(Enum {
            name: Cow::Borrowed(names.tag),
            variants: Cow::Borrowed(variants),
            refuses: shape.refuses,
            skips: shape.skips,
            asks: shape.asks,
            sharing: shape.sharing,
            form: shape.form,
            evolution: &Evolution::NONE,
        });
        Self { kind, head, id: Some(names.id), hashed: false, shared: None }
    }

    /// The schema of a record.
    #[doc(hidden)]
    #[must_use]
    pub const fn record(names: Names, layout: Layout, fields: &'static [RecordField]) -> Self {
        let (name, fields) = (Cow::Borrowed(names.tag), Cow::Borrowed(fields));
        let record = Record { name, fields, evolution: &Evolution::NONE };
        Self { kind: Kind::Record(record), head: layout.size(), id: Some(names.id), hashed: false, shared: None }
    }

    /// The same type, with what its attributes say of older forms.
    #[doc(hidden)]
    #[must_use]
    pub const fn evolving(mut self, evolution: &'static Evolution) -> Self {
        match &mut self.kind {
            Kind::Object(object) => object.evolution = evolution,
            Kind::Enum(of) => of.evolution = evolution,
            Kind::Record(record) => record.evolution = evolution,
            _ => {}
        }
        self
    }

    /// Whether two nodes are of one nominal type. Not by address alone: a constant may stand in a program twice, and
    /// the canonical form must not depend on it. Nor by the full name alone: two types in two blocks of a function,
    /// or in two versions of a crate, have the same.
    pub(crate) fn same_type(&self, other: &Self) -> bool {
        if core::ptr::eq(self, other) {
            return true;
        }
        match (self.id, other.id) {
            (Some(a), Some(b)) => a() == b() && self.head == other.head && self.same_shape(other),
            _ => false,
        }
    }

    fn same_shape(&self, other: &Self) -> bool {
        let graph = |root| Graph { nodes: Nodes::NONE, root };
        first_difference(graph(self), graph(other)).is_none()
    }

    /// The type's name outside the program, if it has one.
    #[must_use]
    pub fn tag(&self) -> Option<&str> {
        match &self.kind {
            Kind::Object(Object { name, .. }) | Kind::Enum(Enum { name, .. }) | Kind::Record(Record { name, .. }) => {
                Some(name)
            }
            _ => None,
        }
    }

    /// What the type says of its older forms, if it is one that can.
    pub(crate) fn evolution(&self) -> Option<&'static Evolution> {
        match &self.kind {
            Kind::Object(Object { evolution, .. })
            | Kind::Enum(Enum { evolution, .. })
            | Kind::Record(Record { evolution, .. }) => Some(evolution),
            _ => None,
        }
    }

    /// The links out of this node, in canonical order.
    pub(crate) fn links(&self) -> Vec<Link> {
        match &self.kind {
            Kind::Optional(of)
            | Kind::List(of)
            | Kind::Set(of)
            | Kind::Array(of, _)
            | Kind::Boxed(of)
            | Kind::Weak(of)
            | Kind::Grid(of, _) => {
                alloc::vec![*of]
            }
            Kind::Map(key, value) => alloc::vec![*key, *value],
            Kind::Tuple(items) => items.to_vec(),
            Kind::Raw(raw) => alloc::vec![raw.element],
            Kind::Object(object) => object.slots.iter().map(|slot| slot.ty).collect(),
            Kind::Enum(of) => of.variants.iter().flat_map(|v| v.slots.iter()).map(|slot| slot.ty).collect(),
            Kind::Record(record) => record.fields.iter().map(|field| field.ty).collect(),
            _ => Vec::new(),
        }
    }

    /// Whether this very node has a hook or a conversion that can refuse a state.
    pub(crate) fn refuses(&self) -> bool {
        match &self.kind {
            Kind::Object(object) => object.refuses || object.slots.iter().any(|slot| slot.refuses),
            Kind::Enum(of) => of.refuses || of.variants.iter().flat_map(|v| v.slots.iter()).any(|slot| slot.refuses),
            // Any type may be registered.
            Kind::Serde | Kind::Open(_) => true,
            _ => false,
        }
    }

    /// Whether writing this very node calls functions of the user's, or sorts.
    pub(crate) fn works(&self) -> bool {
        let works = |slot: &Slot| slot.converts || slot.sorted;
        match &self.kind {
            Kind::Object(object) => object.slots.iter().any(works),
            Kind::Enum(of) => of.variants.iter().flat_map(|v| v.slots.iter()).any(works),
            Kind::Open(_) => true,
            _ => false,
        }
    }

    /// Whether this very node has fields that are no slots.
    pub(crate) fn skips(&self) -> bool {
        matches!(
            &self.kind,
            Kind::Object(Object { skips: true, .. }) | Kind::Enum(Enum { skips: true, .. }) | Kind::Open(_)
        )
    }

    /// Whether this very node has slots whose pointers a history keeps.
    pub(crate) fn holds(&self) -> bool {
        match &self.kind {
            Kind::Object(object) => object.slots.iter().any(|slot| slot.held),
            Kind::Enum(of) => of.variants.iter().flat_map(|v| v.slots.iter()).any(|slot| slot.held),
            _ => false,
        }
    }

    /// Whether shared objects stay one object in states with this very node.
    pub(crate) fn sharing(&self) -> Sharing {
        let of_slots = |slots: &[Slot]| slots.iter().fold(Sharing::NO, |all, slot| all.or(slot.sharing));
        match &self.kind {
            Kind::Object(object) => object.sharing.or(of_slots(&object.slots)),
            Kind::Enum(of) => of.variants.iter().fold(of.sharing, |all, variant| all.or(of_slots(&variant.slots))),
            Kind::Weak(_) => Sharing::SHARED,
            _ => Sharing::NO,
        }
    }

    /// Whether this very node has to be asked before anything is written: by a hook, or because only counting it finds
    /// what cannot be written.
    pub(crate) fn asks(&self) -> bool {
        match &self.kind {
            Kind::Object(object) => object.asks,
            Kind::Enum(of) => of.asks,
            Kind::Serde | Kind::Open(_) => true,
            #[cfg(feature = "pyo3")]
            Kind::Handle(_) => true,
            _ => false,
        }
    }
}

/// A type's tag, and its full name within the program.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Names {
    pub tag: &'static str,
    pub id: fn() -> &'static str,
}

impl Enum {
    /// The object that a variant is, where the enum is the list of the types behind a trait object.
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

    /// The slot of a parent, whose own slots stand in its place.
    #[doc(hidden)]
    #[must_use]
    pub const fn parent<T: crate::__private::Parent>(name: &'static str) -> Self {
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

    /// The same slot, whose pointers a history keeps.
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

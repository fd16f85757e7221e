//! Schemas: names, types and layout of the slots of a type's state.
//!
//! A schema is a graph, because types are: a [`Link`] refers to the next node by a function that returns it, so that no
//! constant of a recursive type depends on itself. Schemas that were read contain indices instead.

mod canon;
mod carried;
mod diff;
pub(crate) mod evolution;
pub(crate) mod fingerprint;
pub(crate) mod form;
mod heads;
pub(crate) mod layout;
mod members;
mod node;
mod nodes;
mod open;
mod order;
mod pointers;
mod present;
mod problem;
mod show;

use alloc::borrow::Cow;
use alloc::vec::Vec;

#[cfg(feature = "pyo3")]
pub(crate) use canon::{canonical_without_slots, parse, parse_class_within, write_for_class};
pub(crate) use canon::{parse_some, write_canonical, write_for_other_order};
#[cfg(any(feature = "pickle", feature = "pyo3"))]
pub(crate) use carried::divide_class;
#[cfg(feature = "pyo3")]
pub(crate) use carried::join_class;
pub(crate) use carried::{Carried, Front, Rows};
pub(crate) use diff::{Graph, first_difference, named, root_name, root_name_in, short};
pub(crate) use evolution::{Alias, Convert, Evolution, OldForm, Upgrade};
pub(crate) use form::{Form, Shape, Sharing};
pub(crate) use layout::Layout;
pub(crate) use members::{Entry, MemberOf, are_registered, names_of, table};
#[cfg(feature = "std")]
pub(crate) use members::{has_registered, is_name, open_sets, recorded_names};
#[cfg(feature = "pyo3")]
pub(crate) use node::Handle;
pub(crate) use node::{DefaultFn, Enum, Kind, Object, Raw, Record};
#[doc(hidden)]
pub use node::{EnumVariant, Link, RecordField, Slot};
pub(crate) use nodes::{Nodes, UNIT};
#[cfg(feature = "std")]
pub(crate) use open::unregistered;
#[doc(hidden)]
pub use open::{KnownMember, KnownSet};
pub(crate) use open::{OPEN_HEAD, Open};
pub(crate) use order::unordered;
#[doc(hidden)]
pub use pointers::SharedKey;
pub(crate) use pointers::{ClassKey, PointerKey};
pub(crate) use present::{End, Ends, Present};
pub(crate) use problem::{Owner, Problem, missing_slot, unknown_slot, unknown_variant};
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
    /// Distinguishes nominal types; see [`Schema::same_type`].
    id: Option<fn() -> &'static str>,
    /// Whether its entries come in an order in which equal values may differ. Like [`Form`], it is no part of the
    /// image.
    pub(crate) hashed: bool,
    /// Which type of pointer it is, if it is an `Rc` or `Arc`, whose object is preceded by a record if references are
    /// numbered, or a weak reference. Like `hashed`, no part of the image.
    pub(crate) shared: Option<PointerKey>,
    /// Whether it is a type implemented by hand that can refuse a state after its check. Like `hashed`, no part of the
    /// image.
    refusing: bool,
}

impl Schema {
    pub(crate) const fn leaf(kind: Kind, head: usize) -> Self {
        Self { kind, head, id: None, hashed: false, shared: None, refusing: false }
    }

    /// The same schema, for an [implementation by hand](crate::guide::by_hand) that can refuse a state in
    /// [`get`](crate::Restore::get).
    ///
    /// States of a type with such a part are restored into a new value first, so that a refusal leaves the target
    /// unchanged. Nothing else depends on it: the bytes and the fingerprint are the same.
    ///
    /// ```
    /// use std::sync::LazyLock;
    ///
    /// use state_core::schema::Schema;
    /// use state_core::state::{Checker, Reader, Size, Writer};
    /// use state_core::{Error, Restore, State, dumps, load_into};
    ///
    /// /// A port that is free on this machine, as the operating system says.
    /// #[derive(Debug, PartialEq)]
    /// struct Port(u16);
    ///
    /// fn is_free(port: u16) -> bool {
    ///     port >= 1024 // stands for a question to the system
    /// }
    ///
    /// impl State for Port {
    ///     const HEAD: usize = u16::HEAD;
    ///     const DYNAMIC: bool = false;
    ///
    ///     fn schema() -> &'static Schema {
    ///         static SCHEMA: LazyLock<Schema> = LazyLock::new(|| u16::schema().refusing());
    ///         &SCHEMA
    ///     }
    ///
    ///     fn size(&self, _: &mut Size) {}
    ///
    ///     fn put<'v>(&'v self, head: &mut [u8], writer: &mut Writer<'_, 'v>) {
    ///         self.0.put(head, writer);
    ///     }
    /// }
    ///
    /// impl<'de> Restore<'de> for Port {
    ///     fn check(_: &[u8], _: &mut Checker<'_>) -> bool {
    ///         true
    ///     }
    ///
    ///     fn get(head: &'de [u8], reader: &mut Reader<'de>) -> Option<Self> {
    ///         let port = u16::get(head, reader)?;
    ///         if !is_free(port) {
    ///             reader.refuse(Error::refused(format!("port {port} is taken")));
    ///             return None;
    ///         }
    ///         Some(Self(port))
    ///     }
    /// }
    ///
    /// #[derive(State, Debug, PartialEq)]
    /// struct Server { name: String, port: Port }
    ///
    /// let bytes = dumps(&Server { name: "new".into(), port: Port(80) })?;
    /// let mut live = Server { name: "old".into(), port: Port(8080) };
    /// let error = load_into(&bytes, &mut live).unwrap_err();
    /// assert_eq!(error.to_string(), "Server.port: port 80 is taken");
    /// assert_eq!(live, Server { name: "old".into(), port: Port(8080) });
    /// # Ok::<(), state_core::Error>(())
    /// ```
    #[must_use]
    pub fn refusing(&self) -> Self {
        Self { refusing: true, ..self.clone() }
    }

    /// The same behind an `Rc` or `Arc`.
    #[doc(hidden)]
    #[must_use]
    pub const fn shared(mut self, key: SharedKey) -> Self {
        self.shared = Some(PointerKey::Type(key));
        self
    }

    /// A placeholder for the schema of a type that has no name.
    #[doc(hidden)]
    pub const NAMELESS: Self = Self::leaf(Kind::Unit, 0);

    /// Whether a list of these is handed over as bytes.
    pub(crate) fn is_byte(&self) -> bool {
        matches!(self.kind, Kind::Int { bits: 8, signed: false, nonzero: false })
    }

    /// The name of a derived type, in a constant.
    pub(crate) const fn name(&'static self) -> Option<&'static str> {
        match &self.kind {
            Kind::Object(Object { name: Cow::Borrowed(name), .. })
            | Kind::Enum(Enum { name: Cow::Borrowed(name), .. }) => Some(name),
            _ => None,
        }
    }

    /// What a derived type says about its older forms, in a constant.
    pub(crate) const fn older(&self) -> &'static Evolution {
        match &self.kind {
            Kind::Object(Object { evolution, .. }) | Kind::Enum(Enum { evolution, .. }) => evolution,
            _ => &Evolution::NONE,
        }
    }

    /// The same type under another name, and with its former names.
    #[doc(hidden)]
    #[must_use]
    pub const fn named(mut self, tag: &'static str, evolution: &'static Evolution) -> Self {
        if let Kind::Object(Object { name, .. }) | Kind::Enum(Enum { name, .. }) = &mut self.kind {
            // A constant cannot drop the old name, which owns nothing.
            core::mem::forget(core::mem::replace(name, Cow::Borrowed(tag)));
        }
        self.evolving(evolution)
    }

    /// The schema of a weak reference.
    #[doc(hidden)]
    #[must_use]
    pub const fn weak(of: fn() -> &'static Self) -> Self {
        Self::leaf(Kind::Weak(Link::To(of)), crate::protocol::layout::RECORD)
    }

    /// The schema of a pointer to a sized value.
    #[doc(hidden)]
    #[must_use]
    pub const fn boxed(of: fn() -> &'static Self) -> Self {
        Self::leaf(Kind::Boxed(Link::To(of)), 0)
    }

    /// The same map or set, in hash-table order.
    #[cfg(feature = "std")]
    pub(crate) const fn hashed(mut self) -> Self {
        self.hashed = true;
        self
    }

    /// The schema of a struct. `names.id` is the type's full name within the program, and `shape.has_parent` says that
    /// the first slot is the parent.
    #[doc(hidden)]
    #[must_use]
    pub const fn object(names: Names, head: usize, shape: Shape, slots: &'static [Slot]) -> Self {
        let object = Object {
            name: Cow::Borrowed(names.tag),
            has_parent: shape.has_parent,
            slots: Cow::Borrowed(slots),
            refuses: shape.refuses,
            skips: shape.skips,
            counted_first: shape.counted_first,
            sharing: shape.sharing,
            form: shape.form,
            evolution: &Evolution::NONE,
        };
        Self { kind: Kind::Object(object), head, id: Some(names.id), hashed: false, shared: None, refusing: false }
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
            counted_first: shape.counted_first,
            sharing: shape.sharing,
            form: shape.form,
            evolution: &Evolution::NONE,
        });
        Self { kind, head, id: Some(names.id), hashed: false, shared: None, refusing: false }
    }

    /// The schema of a record.
    #[doc(hidden)]
    #[must_use]
    pub const fn record(names: Names, layout: Layout, fields: &'static [RecordField]) -> Self {
        let (name, fields) = (Cow::Borrowed(names.tag), Cow::Borrowed(fields));
        let record = Record { name, fields, evolution: &Evolution::NONE };
        Self {
            kind: Kind::Record(record),
            head: layout.size(),
            id: Some(names.id),
            hashed: false,
            shared: None,
            refusing: false,
        }
    }

    /// The same type, with what its attributes say about older forms.
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

    /// Whether two nodes are one nominal type. The address alone does not decide: a program may contain a constant
    /// twice, and the canonical form must not depend on that. Nor does the full name alone: two types in two blocks of
    /// a function, or in two versions of a crate, have the same one.
    pub(crate) fn same_type(&self, other: &Self) -> bool {
        if core::ptr::eq(self, other) {
            return true;
        }
        match (self.id, other.id) {
            (Some(a), Some(b)) => a() == b() && self.head == other.head && self.same_shape(other),
            _ => false,
        }
    }

    /// Whether both are instances of one generic type of the program with different arguments: neither is an older form
    /// of the other.
    pub(crate) fn is_instance_beside(&self, other: &Self) -> bool {
        let (Some(ours), Some(theirs)) = (self.id, other.id) else { return false };
        let (ours, theirs) = (ours().split_once('<'), theirs().split_once('<'));
        ours.zip(theirs).is_some_and(|((ours, _), (theirs, _))| ours == theirs)
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

    /// What the type says about its older forms, if its kind can.
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

    /// Whether this node itself has a hook or a conversion that can refuse a state.
    pub(crate) fn refuses(&self) -> bool {
        if self.refusing {
            return true;
        }
        match &self.kind {
            Kind::Object(object) => object.refuses || object.slots.iter().any(|slot| slot.refuses),
            Kind::Enum(of) => of.refuses || of.variants.iter().flat_map(|v| v.slots.iter()).any(|slot| slot.refuses),
            // Any type may be registered.
            Kind::Serde | Kind::Open(_) => true,
            _ => false,
        }
    }

    /// Whether writing this node itself calls functions of the user, or sorts.
    pub(crate) fn is_costly(&self) -> bool {
        let is_costly = |slot: &Slot| slot.converts || slot.sorted;
        match &self.kind {
            Kind::Object(object) => object.slots.iter().any(is_costly),
            Kind::Enum(of) => of.variants.iter().flat_map(|v| v.slots.iter()).any(is_costly),
            Kind::Open(_) => true,
            _ => false,
        }
    }

    /// Whether this node itself has fields that are not slots.
    pub(crate) fn skips(&self) -> bool {
        matches!(
            &self.kind,
            Kind::Object(Object { skips: true, .. }) | Kind::Enum(Enum { skips: true, .. }) | Kind::Open(_)
        )
    }

    /// Whether this node itself has slots whose pointers a history holds.
    pub(crate) fn holds(&self) -> bool {
        match &self.kind {
            Kind::Object(object) => object.slots.iter().any(|slot| slot.held),
            Kind::Enum(of) => of.variants.iter().flat_map(|v| v.slots.iter()).any(|slot| slot.held),
            Kind::Open(_) => true,
            _ => false,
        }
    }

    /// What this node itself declares about shared objects.
    pub(crate) fn sharing(&self) -> Sharing {
        let of_slots = |slots: &[Slot]| slots.iter().fold(Sharing::NO, |all, slot| all.or(slot.sharing));
        match &self.kind {
            Kind::Object(object) => object.sharing.or(of_slots(&object.slots)),
            Kind::Enum(of) => of.variants.iter().fold(of.sharing, |all, variant| all.or(of_slots(&variant.slots))),
            Kind::Weak(_) => Sharing::SHARED,
            _ => Sharing::NO,
        }
    }

    /// Whether values of the type contain a Python object, which only pickles of Python classes can hold.
    #[cfg(any(feature = "std", feature = "pickle"))]
    pub(crate) fn holds_python(&self) -> bool {
        Nodes::NONE.reach(self, |node| match node.kind {
            #[cfg(feature = "pyo3")]
            Kind::Handle(_) => true,
            _ => false,
        })
    }

    /// Whether this node itself must be asked before anything is written: through a hook, or because only counting
    /// reveals what cannot be written.
    pub(crate) fn counted_first(&self) -> bool {
        match &self.kind {
            Kind::Object(object) => object.counted_first,
            Kind::Enum(of) => of.counted_first,
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

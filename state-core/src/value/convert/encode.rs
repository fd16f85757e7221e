//! Builds values from the walk.

use crate::places::{Places, Table, address};
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::mem::take;

use crate::array::Elements;
use crate::sharing::Number;
use crate::standard::Known;
#[cfg(feature = "pyo3")]
use crate::value::Persistent;
use crate::value::kinds::named::SlotNames;
use crate::value::{Array, Dict, List, Object, Set, Shared, Tuple, Value, Variant, bind};
use crate::walk::{self, Encoder};

/// Returns what serde wrote as a value.
pub(crate) fn serde_value(item: &[u8]) -> Value {
    let mut collector = Collector::new();
    walk::cbor::read(item, &mut collector);
    collector.finish()
}

/// An encoder that collects the slots from a walk into one value.
pub(in crate::value) struct Collector {
    /// The open groups, the innermost last.
    open: Vec<Group>,
    pub value: Value,
    /// Whether objects and variants keep the names of their slots.
    names: bool,
    /// The shared objects, and the index of each by its number.
    objects: Vec<Value>,
    places: Places,
    /// The objects that the next value is.
    next: Vec<usize>,
    /// Descriptions of the elements of raw arrays, by their types.
    elements: Table<Arc<str>>,
}

/// A group with its parts so far, and the names of slots with the index of each one's value.
struct Group {
    head: Head,
    parts: Vec<Value>,
    names: Vec<(String, usize, Option<Arc<str>>)>,
    objects: Vec<usize>,
}

enum Head {
    Tuple,
    List,
    Set,
    Dict,
    Object(String),
    Variant(String, String),
}

impl Collector {
    /// The number of parts for which room is allocated at first: a schema could announce any number of empty ones.
    pub const AT_ONCE: usize = 1 << 12;

    pub fn new() -> Self {
        Self {
            open: Vec::new(),
            value: Value::None,
            names: false,
            objects: Vec::new(),
            places: Places::default(),
            next: Vec::new(),
            elements: Table::default(),
        }
    }

    /// Starts a collector whose objects and variants keep the names of their slots.
    pub fn naming() -> Self {
        Self { names: true, ..Self::new() }
    }

    /// Returns the value, with its shared objects bound.
    pub fn finish(mut self) -> Value {
        if !self.objects.is_empty() {
            bind(self.objects, core::slice::from_mut(&mut self.value));
        }
        self.value
    }

    /// Returns the index of the object with a number.
    fn place(&mut self, number: Number) -> usize {
        let place = self.places.get_or_set([number.class.into(), number.index as usize], self.objects.len());
        if place == self.objects.len() {
            self.objects.push(Value::None);
        }
        place
    }

    fn put(&mut self, mut value: Value) {
        while let Some(place) = self.next.pop() {
            self.objects[place] = core::mem::replace(&mut value, Value::Shared(Shared::unbound(place)));
        }
        match self.open.last_mut() {
            Some(group) => group.parts.push(value),
            None => self.value = value,
        }
    }
}

impl Encoder for Collector {
    fn none(&mut self) {
        self.put(Value::None);
    }

    fn bool(&mut self, value: bool) {
        self.put(value.into());
    }

    fn int(&mut self, value: i128) {
        self.put(value.into());
    }

    fn big(&mut self, value: u128) {
        self.put(value.into());
    }

    fn float(&mut self, value: f64) {
        self.put(value.into());
    }

    fn str(&mut self, value: &str) {
        self.put(value.into());
    }

    fn bytes(&mut self, value: &[u8]) {
        self.put(value.into());
    }

    /// The bytes do not say what their elements were, so that is recorded with the slot's name.
    fn raw(&mut self, elements: Elements<'_>, bytes: &[u8]) {
        if let (true, Some(group)) = (self.names, self.open.last_mut()) {
            if let Some((_, _, of)) = group.names.last_mut().filter(|(_, at, _)| *at == group.parts.len()) {
                let known = self.elements.get_or_add(address(elements.schema), || elements.layout().into());
                *of = Some(known.clone());
            }
        }
        self.bytes(bytes);
    }

    /// Bytes alone would not show how large an element is.
    fn opaque(&mut self, elements: Elements<'_>, count: usize, bytes: &[u8]) {
        self.array(elements, &[count], bytes);
    }

    fn array(&mut self, elements: Elements<'_>, shape: &[usize], bytes: &[u8]) {
        // Elements that no array can have, because of too many fields, are shown as bytes.
        let array = Array::of_elements(elements, shape, bytes);
        self.put(array.map_or_else(|_| bytes.into(), |array| Value::Array(array.into())));
    }

    fn known(&mut self, known: Known, bytes: &[u8]) {
        self.put(super::standard::standard(known, bytes));
    }

    /// A Python object is represented by its index in the table, which is visible only from inside.
    #[cfg(feature = "pyo3")]
    fn handle(&mut self, place: u64) {
        self.put(Value::Persistent(Persistent::new(place)));
    }

    fn begin(&mut self, group: walk::Group<'_>) {
        let head = match group {
            walk::Group::Tuple(_) => Head::Tuple,
            walk::Group::List(_) => Head::List,
            walk::Group::Set(_) => Head::Set,
            walk::Group::Dict(_) => Head::Dict,
            walk::Group::Object { tag, .. } => Head::Object(tag.into()),
            walk::Group::Variant { tag, variant, .. } => Head::Variant(tag.into(), variant.into()),
        };
        let parts = match group {
            walk::Group::Tuple(parts) | walk::Group::List(parts) | walk::Group::Set(parts) => parts,
            walk::Group::Dict(pairs) => pairs.saturating_mul(2),
            walk::Group::Object { slots, .. } | walk::Group::Variant { slots, .. } => slots,
        };
        let parts = Vec::with_capacity(parts.min(Self::AT_ONCE));
        self.open.push(Group { head, parts, names: Vec::new(), objects: take(&mut self.next) });
    }

    fn end(&mut self) {
        let Some(Group { head, parts, names, objects }) = self.open.pop() else { return };
        self.next = objects;
        let is_named = self.names && matches!(head, Head::Object(_) | Head::Variant(..));
        let names = is_named.then(|| SlotNames::new(names, parts.len()));
        self.put(match head {
            Head::Tuple => Tuple::from(parts).into(),
            Head::List => List::from(parts).into(),
            Head::Set => Set::from(parts).into(),
            Head::Dict => Dict(parts.into()).into(),
            Head::Object(tag) => Object::new(tag, Tuple::from(parts).with_names(names)).into(),
            Head::Variant(tag, variant) => Variant::new(tag, variant, parts).with_names(names).into(),
        });
    }

    fn object(&mut self, number: Number) {
        let place = self.place(number);
        self.next.push(place);
    }

    fn reference(&mut self, number: Number) {
        let place = self.place(number);
        self.put(Value::Shared(Shared::unbound(place)));
    }

    fn slot(&mut self, name: &str) {
        if let (true, Some(group)) = (self.names, self.open.last_mut()) {
            group.names.push((name.into(), group.parts.len(), None));
        }
    }
}

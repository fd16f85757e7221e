//! A value that is built within a limit of memory, which is asked before anything is taken.

use alloc::collections::BTreeSet;
use core::ptr;

use crate::array::Elements;
use crate::schema::{Kind, Nodes, Schema};
use crate::sharing::Number;
use crate::standard::Known;
use crate::value::convert::encode::Collector;
use crate::value::{Object, Value, Variant};
use crate::walk::{Encoder, Group};

/// What an object that stands for one of [`Known`] takes at most.
const KNOWN: usize = 768;

/// The same of one with a time zone, which is an object with an object in it.
const ZONED: usize = 3 * KNOWN;

/// What a field of an array's type takes, beside its name.
const FIELD: usize = 256;

/// What the names of an object's slots take, beside each of them.
const NAMED: usize = 160;

/// What the name of a slot takes beside its text, while they are collected and then.
const SLOT: usize = 96;

/// What a shared value takes beside itself, and a reference to one that may follow.
const SHARED: usize = 192;

/// What the elements of a raw array are in words, at most.
const LAYOUT: usize = 256;

/// Hands on to a collector what there is memory for. Beyond the limit nothing more is kept.
pub(crate) struct Bounded {
    collector: Collector,
    left: Option<usize>,
    /// The types of elements that were met.
    layouts: BTreeSet<usize>,
}

impl Bounded {
    pub fn new(limit: usize) -> Self {
        Self { collector: Collector::naming(), left: Some(limit), layouts: BTreeSet::new() }
    }

    /// The value; `None` if it would take more than the limit.
    pub fn value(self) -> Option<Value> {
        self.left.map(|_| self.collector.finish())
    }

    /// Takes so much, and then `then`.
    fn taking(&mut self, bytes: usize, then: impl FnOnce(&mut Collector)) {
        let Some(left) = self.left else { return };
        self.left = left.checked_sub(bytes);
        if self.left.is_some() {
            then(&mut self.collector);
        } else {
            self.collector = Collector::new();
        }
    }
}

impl Encoder for Bounded {
    fn none(&mut self) {
        self.taking(0, Collector::none);
    }

    fn bool(&mut self, value: bool) {
        self.taking(0, |to| to.bool(value));
    }

    fn int(&mut self, value: i128) {
        self.taking(size_of::<i128>(), |to| to.int(value));
    }

    fn big(&mut self, value: u128) {
        self.taking(2 * size_of::<u128>(), |to| to.big(value));
    }

    fn float(&mut self, value: f64) {
        self.taking(0, |to| to.float(value));
    }

    fn str(&mut self, value: &str) {
        self.taking(value.len(), |to| to.str(value));
    }

    fn bytes(&mut self, value: &[u8]) {
        self.taking(value.len(), |to| to.bytes(value));
    }

    fn raw(&mut self, elements: Elements<'_>, bytes: &[u8]) {
        let known = if self.layouts.insert(ptr::from_ref(elements.schema) as usize) { LAYOUT } else { 0 };
        self.taking(bytes.len().saturating_add(known), |to| to.raw(elements, bytes));
    }

    fn opaque(&mut self, elements: Elements<'_>, count: usize, bytes: &[u8]) {
        self.array(elements, &[count], bytes);
    }

    fn array(&mut self, elements: Elements<'_>, shape: &[usize], bytes: &[u8]) {
        // The type is built twice, as it is and as it is known to be right.
        let about = dtype(elements.schema, elements.nodes).saturating_add(32 * shape.len()).saturating_mul(2);
        let taken = bytes.len().saturating_add(about).saturating_add(FIELD);
        self.taking(taken, |to| to.array(elements, shape, bytes));
    }

    fn known(&mut self, known: Known, bytes: &[u8]) {
        let taken = match known {
            // A number that is not negative is copied with a sign first.
            Known::Int | Known::Natural => 32 + 3 * bytes.len(),
            Known::Utc | Known::Zoned => ZONED,
            _ => KNOWN,
        };
        self.taking(taken, |to| to.known(known, bytes));
    }

    fn begin(&mut self, group: Group<'_>) {
        let slot = size_of::<Value>();
        let (parts, own) = match group {
            Group::Tuple(len) | Group::List(len) | Group::Set(len) => (len, 0),
            Group::Dict(len) => (len.saturating_mul(2), 0),
            // A name is made as text, and then shared.
            Group::Object { tag, slots } => (slots, NAMED + size_of::<Object>() + 2 * tag.len()),
            Group::Variant { tag, variant, slots } => {
                (slots, NAMED + size_of::<Variant>() + 2 * (tag.len() + variant.len()))
            }
        };
        // Room is made for a few at once, and then for as many again.
        let places = if parts > Collector::AT_ONCE { parts.saturating_mul(2) } else { parts };
        self.taking(places.saturating_mul(slot).saturating_add(own), |to| to.begin(group));
    }

    fn end(&mut self) {
        self.taking(0, Collector::end);
    }

    fn slot(&mut self, name: &str) {
        self.taking(SLOT + name.len(), |to| to.slot(name));
    }

    fn object(&mut self, number: Number) {
        self.taking(SHARED, |to| to.object(number));
    }

    fn reference(&mut self, number: Number) {
        self.taking(SHARED, |to| to.reference(number));
    }
}

/// About what the type of an array takes.
fn dtype(schema: &Schema, nodes: &Nodes) -> usize {
    match &schema.kind {
        Kind::Array(of, _) => FIELD.saturating_add(dtype(nodes.get(*of), nodes)),
        Kind::Record(record) => record.fields.iter().fold(FIELD + record.name.len(), |sum, field| {
            sum.saturating_add(FIELD + field.name.len()).saturating_add(dtype(nodes.get(field.ty), nodes))
        }),
        _ => FIELD,
    }
}

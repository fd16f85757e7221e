//! A value that is built within a memory limit, which is checked before anything is allocated.

use crate::places::{Places, address};

use crate::array::Elements;
use crate::schema::{Kind, Nodes, Schema};
use crate::sharing::Number;
use crate::standard::Known;
use crate::value::convert::encode::Collector;
use crate::value::{Object, Value, Variant};
use crate::walk::{Encoder, Group};

/// The maximum size of an object that stands for a [`Known`] type.
const KNOWN: usize = 768;

/// The maximum size of one with a time zone, which contains another object.
const ZONED: usize = 3 * KNOWN;

/// The size of a field in an array's type, without its name.
const FIELD: usize = 256;

/// The size of the list of an object's slot names, without the names.
const NAMED: usize = 160;

/// The size of a slot's name without its text, while the names are collected and afterwards.
const SLOT: usize = 96;

/// The additional size of a shared value, and that of a reference, which may precede its object.
const SHARED: usize = 192;

/// The maximum size of the description of a raw array's elements.
const LAYOUT: usize = 256;

/// Passes to a collector what there is memory for. Beyond the limit, nothing more is kept.
pub(crate) struct Bounded {
    collector: Collector,
    left: Option<usize>,
    /// The element types that have occurred.
    layouts: Places,
}

impl Bounded {
    pub fn new(limit: usize) -> Self {
        Self { collector: Collector::naming(), left: Some(limit), layouts: Places::default() }
    }

    /// The value; `None` if it would take more than the limit.
    pub fn value(self) -> Option<Value> {
        self.left.map(|_| self.collector.finish())
    }

    /// Spends `bytes` of the limit and calls `then`, unless the limit is exceeded.
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
        let known = if self.layouts.meet(address(elements.schema)) { LAYOUT } else { 0 };
        self.taking(bytes.len().saturating_add(known), |to| to.raw(elements, bytes));
    }

    fn opaque(&mut self, elements: Elements<'_>, count: usize, bytes: &[u8]) {
        self.array(elements, &[count], bytes);
    }

    fn array(&mut self, elements: Elements<'_>, shape: &[usize], bytes: &[u8]) {
        // The type is built twice: first unchecked, and then as a checked one.
        let about = dtype(elements.schema, elements.nodes).saturating_add(32 * shape.len()).saturating_mul(2);
        let taken = bytes.len().saturating_add(about).saturating_add(FIELD);
        self.taking(taken, |to| to.array(elements, shape, bytes));
    }

    fn known(&mut self, known: Known, bytes: &[u8]) {
        let taken = match known {
            // A number that is not negative is first copied with a sign.
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
            // A name is made as text first, and then shared.
            Group::Object { tag, slots } => (slots, NAMED + size_of::<Object>() + 2 * tag.len()),
            Group::Variant { tag, variant, slots } => {
                (slots, NAMED + size_of::<Variant>() + 2 * (tag.len() + variant.len()))
            }
        };
        // Room is allocated for a limited number of parts at first, and then doubled.
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

/// Estimates the size of an array's type.
fn dtype(schema: &Schema, nodes: &Nodes) -> usize {
    match &schema.kind {
        Kind::Array(of, _) => FIELD.saturating_add(dtype(nodes.get(*of), nodes)),
        Kind::Record(record) => record.fields.iter().fold(FIELD + record.name.len(), |sum, field| {
            sum.saturating_add(FIELD + field.name.len()).saturating_add(dtype(nodes.get(field.ty), nodes))
        }),
        _ => FIELD,
    }
}

//! From the walk to a value.

use alloc::string::String;
use alloc::vec::Vec;

use super::{Array, Dict, List, Object, Set, Tuple, Value, Variant};
use crate::known::Known;
use crate::walk::{Elements, Encoder, Group};

/// Collects the slots that a walk hands over into one value.
pub(super) struct Collector {
    /// Groups that are open, the innermost last, each with its parts so far.
    open: Vec<(Head, Vec<Value>)>,
    pub value: Value,
    /// The slots of the outermost object by name, if they are asked for: the first value of each.
    pub named: Vec<(String, Value)>,
    /// Those that are still without their values, by the place of these among the parts.
    names: Option<Vec<(String, usize)>>,
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
    pub fn new() -> Self {
        Self { open: Vec::new(), value: Value::None, named: Vec::new(), names: None }
    }

    /// One that keeps the names of the outermost object's slots.
    pub fn naming() -> Self {
        Self { names: Some(Vec::new()), ..Self::new() }
    }

    fn put(&mut self, value: Value) {
        match self.open.last_mut() {
            Some((_, parts)) => parts.push(value),
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

    fn array(&mut self, elements: Elements<'_>, shape: &[usize], bytes: &[u8]) {
        // An array that none can be, of too many fields, is looked at as bytes.
        let array = Array::of_elements(elements, shape, bytes);
        self.put(array.map_or_else(|_| bytes.into(), |array| Value::Array(array.into())));
    }

    fn known(&mut self, known: Known, bytes: &[u8]) {
        self.put(super::natural(known, bytes));
    }

    fn begin(&mut self, group: Group<'_>) {
        let head = match group {
            Group::Tuple(_) => Head::Tuple,
            Group::List(_) => Head::List,
            Group::Set(_) => Head::Set,
            Group::Dict(_) => Head::Dict,
            Group::Object { tag, .. } => Head::Object(tag.into()),
            Group::Variant { tag, variant, .. } => Head::Variant(tag.into(), variant.into()),
        };
        self.open.push((head, Vec::new()));
    }

    fn end(&mut self) {
        let Some((head, mut parts)) = self.open.pop() else { return };
        if let (true, Some(names)) = (self.open.is_empty(), self.names.take()) {
            let first = |(name, at): (String, usize)| Some((name, core::mem::take(parts.get_mut(at)?)));
            self.named = names.into_iter().filter_map(first).collect();
            return;
        }
        self.put(match head {
            Head::Tuple => Tuple::from(parts).into(),
            Head::List => List::from(parts).into(),
            Head::Set => Set::from(parts).into(),
            Head::Dict => dict(parts).into(),
            Head::Object(tag) => Object::new(tag, parts).into(),
            Head::Variant(tag, variant) => Variant::new(tag, variant, parts).into(),
        });
    }

    fn slot(&mut self, name: &str) {
        if let (Some(names), [(_, parts)]) = (&mut self.names, &*self.open) {
            names.push((name.into(), parts.len()));
        }
    }
}

/// Keys and values by turns.
fn dict(parts: Vec<Value>) -> Dict {
    let mut parts = parts.into_iter();
    let pairs = core::iter::from_fn(|| Some((parts.next()?, parts.next()?)));
    pairs.collect()
}

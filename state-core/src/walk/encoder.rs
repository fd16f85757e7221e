//! The destination of the slots of a state.

use super::cbor;
use crate::array::Elements;
use crate::protocol::float::widen;
use crate::sharing::Number;
use crate::standard::Known;

/// The destination of the slots of a state that is saved in a dynamic format.
///
/// The calls are in order; [`begin`](Encoder::begin) and [`end`](Encoder::end) are balanced around the parts of a
/// group.
pub trait Encoder {
    /// Whether an object names its own class, so that an object behind a trait object needs no other name.
    #[doc(hidden)]
    fn names_classes(&self) -> bool {
        true
    }

    /// No value: an absent optional.
    fn none(&mut self);
    /// A truth value.
    fn bool(&mut self, value: bool);
    /// An integer up to `i128::MAX`.
    fn int(&mut self, value: i128);
    /// An integer beyond `i128::MAX`.
    fn big(&mut self, value: u128);
    /// A float; an `f32` is widened, which is exact.
    fn float(&mut self, value: f64);
    /// A float of 32 bits.
    #[doc(hidden)]
    fn single(&mut self, value: f32) {
        self.float(widen(value));
    }
    /// Text, or a single `char`.
    fn str(&mut self, value: &str);
    /// The bytes of a raw array or of a list of `u8`.
    fn bytes(&mut self, value: &[u8]);
    /// A raw array: the elements, and their bytes.
    fn raw(&mut self, elements: Elements<'_>, bytes: &[u8]) {
        let _ = elements;
        self.bytes(bytes);
    }
    /// The count of the preceding raw array, if the count is a slot of its own.
    #[doc(hidden)]
    fn count(&mut self, count: u64) {
        self.int(count.into());
    }
    /// An array of numbers, as its bytes. Returns whether it was accepted; if not, its elements follow one by one.
    #[doc(hidden)]
    fn row(&mut self, elements: Elements<'_>, bytes: &[u8]) -> bool {
        let _ = (elements, bytes);
        false
    }
    /// A raw array of `count` structs without a schema, whose count is not a slot.
    #[doc(hidden)]
    fn opaque(&mut self, elements: Elements<'_>, count: usize, bytes: &[u8]) {
        let _ = count;
        self.raw(elements, bytes);
    }
    /// A raw array whose elements are known: the elements, the length of each dimension, and the bytes.
    fn array(&mut self, elements: Elements<'_>, shape: &[usize], bytes: &[u8]) {
        let _ = shape;
        self.raw(elements, bytes);
    }
    /// A type for which Python has a class: its head, or the bytes of an integer of any size.
    #[doc(hidden)]
    fn known(&mut self, known: Known, bytes: &[u8]) {
        let _ = known;
        self.bytes(bytes);
    }
    /// What serde wrote.
    #[doc(hidden)]
    fn serde(&mut self, item: &[u8]) {
        cbor::read(item, self);
    }
    /// Like [`raw`](Encoder::raw), with bytes in the live value, which last as long as it is borrowed.
    fn lent(&mut self, elements: Elements<'_>, bytes: &[u8]) {
        self.raw(elements, bytes);
    }
    /// Like [`array`](Encoder::array), with bytes in the live value.
    fn lent_array(&mut self, elements: Elements<'_>, shape: &[usize], bytes: &[u8]) {
        self.array(elements, shape, bytes);
    }
    /// An object of another runtime, by its index in the table of objects.
    #[cfg(feature = "pyo3")]
    fn handle(&mut self, place: u64) {
        let _ = place;
    }
    /// The start of a group.
    fn begin(&mut self, group: Group<'_>);
    /// The end of the innermost group.
    fn end(&mut self);
    /// The name of the next slot of an object or variant.
    fn slot(&mut self, name: &str) {
        let _ = name;
    }
    /// States that the next value is the object with this number.
    #[doc(hidden)]
    fn object(&mut self, number: Number) {
        let _ = number;
    }
    /// A reference to the object with this number.
    #[doc(hidden)]
    fn reference(&mut self, number: Number) {
        let _ = number;
        self.none();
    }
    /// Returns how many parts of a list to visit, out of `parts` that occupy no bytes and are all alike.
    #[doc(hidden)]
    fn alike(&mut self, parts: usize) -> usize {
        parts
    }
}

/// A group of parts, with their number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group<'a> {
    /// A tuple, also the state of a unit.
    Tuple(usize),
    /// A list.
    List(usize),
    /// A set.
    Set(usize),
    /// A map, as alternating keys and values; the number is that of the pairs.
    Dict(usize),
    /// An object, by its type tag; the parts are its state, the parent's slots first.
    Object {
        /// The type tag.
        tag: &'a str,
        /// The number of slots.
        slots: usize,
    },
    /// An enum's value.
    Variant {
        /// The type tag of the enum.
        tag: &'a str,
        /// The name of the variant.
        variant: &'a str,
        /// The number of its slots.
        slots: usize,
    },
}

/// An encoder that keeps nothing, for a walk that only looks for damage.
pub(crate) struct Nowhere;

impl Encoder for Nowhere {
    fn none(&mut self) {}
    fn bool(&mut self, _: bool) {}
    fn int(&mut self, _: i128) {}
    fn big(&mut self, _: u128) {}
    fn float(&mut self, _: f64) {}
    fn str(&mut self, _: &str) {}
    fn bytes(&mut self, _: &[u8]) {}
    fn known(&mut self, _: Known, _: &[u8]) {}
    fn serde(&mut self, _: &[u8]) {}
    fn begin(&mut self, _: Group<'_>) {}
    fn end(&mut self) {}
    fn alike(&mut self, _: usize) -> usize {
        0
    }
}

//! The walk: an image read or made by its schema, slot by slot, for the dynamic doors.
//!
//! Taking a state out dynamically is `dump, then walk the image`; putting it in is `fill an image, then check and
//! restore it`. So the dynamic doors share the image's promises, and no generated code is theirs alone.

mod attributes;
pub(crate) mod cbor;
pub(crate) mod checksum;
mod fill;
mod form;
mod raws;
mod read;

use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

#[cfg(any(feature = "pickle", feature = "pyo3"))]
pub(crate) use fill::Filled;
#[cfg(feature = "pickle")]
pub(crate) use fill::can_become_one;
#[cfg(feature = "pickle")]
pub(crate) use fill::fill_at;
pub(crate) use fill::{Limits, fill, fill_each, fill_named, fill_named_state, fill_state};
#[cfg(feature = "pyo3")]
pub(crate) use fill::{fill_older, fill_state_over};
#[cfg(any(feature = "pickle", feature = "pyo3"))]
pub(crate) use form::count_slots;
#[cfg(feature = "pickle")]
pub(crate) use form::{Wrap, can_be_none, tuple_slots, wrap};
use read::Seek;
pub(crate) use read::{Read, little_endian};

use crate::array::{ArrayParts, Elements};
use crate::error::{Error, ErrorKind, Result};
use crate::protocol::decode::{Left, Regions};
use crate::protocol::float::widen;
use crate::schema::{Nodes, Schema};
use crate::sharing::Number;
use crate::sharing::walked::Objects;
use crate::standard::Known;
use crate::value::Value;

/// Where the slots of a state go when a dynamic door takes it out.
///
/// The calls come in order, [`begin`](Encoder::begin) and [`end`](Encoder::end) balanced around the parts of a
/// group.
pub trait Encoder {
    /// Whether an object says of which class it is, so that behind a trait object it needs no other name.
    #[doc(hidden)]
    const NAMES_CLASSES: bool = true;

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
    /// Bytes, of a raw array or of a list of `u8`.
    fn bytes(&mut self, value: &[u8]);
    /// A raw array: the elements, and their bytes.
    fn raw(&mut self, elements: Elements<'_>, bytes: &[u8]) {
        let _ = elements;
        self.bytes(bytes);
    }
    /// A raw array of so many structs that nothing describes, without its count beside it.
    #[doc(hidden)]
    fn opaque(&mut self, elements: Elements<'_>, count: usize, bytes: &[u8]) {
        let _ = count;
        self.raw(elements, bytes);
    }
    /// A raw array that shows its elements: these, the length of each dimension, and the bytes.
    fn array(&mut self, elements: Elements<'_>, shape: &[usize], bytes: &[u8]) {
        let _ = shape;
        self.raw(elements, bytes);
    }
    /// A type for which Python has a class, by its head or, of an integer of any size, its bytes.
    #[doc(hidden)]
    fn known(&mut self, known: Known, bytes: &[u8]) {
        let _ = known;
        self.bytes(bytes);
    }
    /// As [`raw`](Encoder::raw), with bytes that lie in the live value for as long as it is borrowed.
    fn lent(&mut self, elements: Elements<'_>, bytes: &[u8]) {
        self.raw(elements, bytes);
    }
    /// As [`array`](Encoder::array), with bytes that lie so too.
    fn lent_array(&mut self, elements: Elements<'_>, shape: &[usize], bytes: &[u8]) {
        self.array(elements, shape, bytes);
    }
    /// An object of another runtime, by its place in the table.
    #[cfg(feature = "pyo3")]
    fn handle(&mut self, place: u64) {
        let _ = place;
    }
    /// The start of a group.
    fn begin(&mut self, group: Group<'_>);
    /// The end of the innermost group.
    fn end(&mut self);
    /// The name of the slot that comes next in an object or variant.
    fn slot(&mut self, name: &str) {
        let _ = name;
    }
    /// The value that comes next is the object of this number.
    #[doc(hidden)]
    fn object(&mut self, number: Number) {
        let _ = number;
    }
    /// A reference to the object of this number.
    #[doc(hidden)]
    fn reference(&mut self, number: Number) {
        let _ = number;
        self.none();
    }
    /// How many of a list's parts come, of so many that take no bytes and are all alike.
    #[doc(hidden)]
    fn alike(&mut self, parts: usize) -> usize {
        parts
    }
}

/// A group of parts, with how many there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group<'a> {
    /// A tuple, also the state of a unit.
    Tuple(usize),
    /// A list.
    List(usize),
    /// A set.
    Set(usize),
    /// A map: keys and values by turns; the number is that of the pairs.
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

/// Where the slots of a state come from when a dynamic door puts it in: a dynamic value, seen through a cheap handle.
///
/// Each method answers for the kinds of value that can stand for what it asks, and is `None` for the others.
pub trait Decoder<'v>: Copy {
    /// Whether it may come from another machine, and without a schema.
    const FOREIGN: bool = false;
    /// Whether it shows live objects, whose states are tuples of their slots, and not what a pickle says of objects: how
    /// they are made, and states in other forms.
    #[doc(hidden)]
    const LIVE: bool = false;
    /// The parts of a group.
    type Items: ExactSizeIterator<Item = Self>;
    /// The entries of a map.
    type Entries: ExactSizeIterator<Item = (Self, Self)>;

    /// The value in words, for an error: its kind, and itself where it is short.
    fn describe(self) -> String;
    /// Whether it stands for an absent optional.
    fn is_none(self) -> bool;
    /// A truth value.
    fn bool(self) -> Option<bool>;
    /// An integer within `i128`.
    fn int(self) -> Option<i128>;
    /// An integer that is not negative.
    fn big(self) -> Option<u128>;
    /// A float, or an integer that is one exactly.
    fn float(self) -> Option<f64>;
    /// Text.
    fn str(self) -> Option<&'v str>;
    /// Bytes.
    fn bytes(self) -> Option<&'v [u8]>;
    /// An array of numbers or records, or a single one of these.
    ///
    /// # Errors
    /// What only claims to be one.
    fn array(self) -> Result<Option<ArrayParts<'v>>> {
        Ok(None)
    }
    /// The bytes of a buffer that says no more of them than that they are bytes, which may be those of any array. Where
    /// the slot is `typed`, an array of a library that gives all of its arrays a type is none.
    #[doc(hidden)]
    fn buffer(self, typed: bool) -> Option<&'v [u8]> {
        let _ = typed;
        None
    }
    /// The items of a tuple, list or set.
    fn items(self) -> Option<Self::Items>;
    /// Whether the items are those of a set, in which none counts twice.
    fn is_set(self) -> bool {
        false
    }
    /// The items of a tuple or list, whose places mean something: those of a set stand in any order.
    fn sequence(self) -> Option<Self::Items> {
        if self.is_set() { None } else { self.items() }
    }
    /// The entries of a map.
    fn entries(self) -> Option<Self::Entries>;
    /// Whether it is an object of the type `tag`, in whatever form its state comes.
    fn is_of(self, tag: &str) -> bool {
        let _ = tag;
        false
    }
    /// The flat state of an object of the type `tag`; `None` where that is not all that it holds.
    fn object(self, tag: &str) -> Option<Self::Items>;
    /// The slots of an object of the type `tag` by name, where the state knows the names of a flat state.
    #[doc(hidden)]
    fn named(self, tag: &str) -> Option<Vec<(&'v str, Self)>> {
        let _ = tag;
        None
    }
    /// The value itself, to be given to a function that changes older states.
    ///
    /// Of the bytes of a raw array that were read from an image, what its elements were.
    #[doc(hidden)]
    fn elements(self) -> Option<&'v Arc<str>> {
        None
    }
    /// # Errors
    /// What cannot be given.
    #[doc(hidden)]
    fn to_value(self) -> Result<Value> {
        let expected = "a state that can be given to `upgrade`";
        Err(Error::new(ErrorKind::Malformed, expected, self.describe()))
    }
    /// The name of the variant, of the enum `tag`, and its slots by name, where the state knows their names.
    #[doc(hidden)]
    fn named_variant(self, tag: &str) -> Option<(&'v str, Vec<(&'v str, Self)>)> {
        let _ = tag;
        None
    }
    /// What was appended to an object of this class, where nothing else was done to it.
    fn appended(self, class: &str) -> Option<Self::Items> {
        let _ = class;
        None
    }
    /// The entries that were set in an object of this class, where nothing else was done to it but to give it
    /// attributes.
    fn entered(self, class: &str) -> Option<Self::Entries> {
        let _ = class;
        None
    }
    /// The arguments with which this class was called to make an object, whatever was done to it later; none where it
    /// was made by `__new__`, to which containers give their arguments in vain.
    fn arguments(self, class: &str) -> Option<Self::Items>;
    /// The arguments from which an object of this class was made, where nothing was done to it later.
    fn called(self, class: &str) -> Option<Self::Items> {
        self.arguments(class)
    }
    /// An integer of any size, as two's complement with the lowest byte first, as short as can be.
    fn long(self) -> Option<Cow<'v, [u8]>>;
    /// The attributes of an object of the type `tag`; `None` where they are not all that it holds.
    fn attributes(self, tag: &str) -> Option<Attributes<'v, Self, Self::Items>>;
    /// The members that Cython pickled of an object of the type `tag`, sorted by name.
    ///
    /// # Errors
    /// Members of other names than these.
    fn members(self, tag: &str, names: &[&str]) -> Result<Option<Self::Items>>;
    /// The name of the variant, of the enum `tag`, and its slots.
    fn variant(self, tag: &str) -> Option<(&'v str, Self::Items)>;
    /// What a member of the Python enum `tag` is worth, where it comes by its value.
    fn member(self, tag: &str) -> Option<i128> {
        let _ = tag;
        None
    }
    /// What tells the value from others, if several places refer to it.
    #[doc(hidden)]
    fn identity(self) -> Option<usize> {
        None
    }
    /// The place in the table of an object of another runtime.
    #[cfg(feature = "pyo3")]
    fn handle(self) -> Option<u64> {
        None
    }
}

/// How the attributes of a Python object come.
#[derive(Debug)]
pub enum Attributes<'v, D, I> {
    /// By name.
    Named(Vec<(&'v str, D)>),
    /// One after another, as a frozen dataclass with slots keeps them.
    Flat(I),
}

/// Takes the calls and keeps nothing: a walk that only looks for damage.
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
    fn begin(&mut self, _: Group<'_>) {}
    fn end(&mut self) {}
    fn alike(&mut self, _: usize) -> usize {
        0
    }
}

/// Hands the slots of an image to `encoder`; its regions came from `bytes`.
pub(crate) fn read(
    (schema, nodes): (&Schema, &Nodes),
    (regions, bytes): (&Regions<'_>, &[u8]),
    levels: u32,
    encoder: &mut impl Encoder,
) -> Result<()> {
    Read::new(nodes, regions, bytes, encoder).root(schema, regions.head, levels)
}

/// Hands the slots of an object's flat state to `encoder`, or the whole of what is no object. The raw arrays are those
/// of `copied` and `borrowed`, see [`Gather`](crate::protocol::gather::Gather).
#[cfg(feature = "pyo3")]
pub(crate) fn read_state(
    schema: &'static Schema,
    regions: &Regions<'_>,
    (copied, borrowed): (&[u8], &[crate::protocol::gather::Borrowed<'_>]),
    levels: u32,
    encoder: &mut impl Encoder,
) -> Result<()> {
    let read = Read::new(Nodes::NONE, regions, regions.head, encoder).with_raws(raws::Raws::gathered(copied, borrowed));
    read.state(schema, regions.head, levels)
}

/// The number of slots in the flat state of a type; 1 if it is no object.
#[cfg(feature = "pyo3")]
pub(crate) fn flat_slots(schema: &Schema) -> usize {
    match &schema.kind {
        crate::schema::Kind::Object(object) => count_slots(Nodes::NONE, object),
        _ => 1,
    }
}

/// Hands one part of an image to `encoder`, of which the head is given; how much of tail, text and raw lies behind it.
pub(crate) fn read_part(
    schema: &Schema,
    nodes: &Nodes,
    regions: &Regions<'_>,
    levels: u32,
    encoder: &mut impl Encoder,
) -> Result<[usize; 3]> {
    Read::new(nodes, regions, regions.head, encoder).part(schema, regions.head, levels)
}

/// Where the objects of an image begin that have a number.
///
/// # Errors
/// Damage.
pub(crate) fn objects<'a>(
    (schema, nodes): (&'a Schema, &'a Nodes),
    regions: &Regions<'a>,
    levels: u32,
) -> Result<Objects<'a>> {
    Read::new(nodes, regions, regions.head, &mut Nowhere).objects(schema, regions.head, levels)
}

/// The paths to objects of an image that have a number.
///
/// # Errors
/// Damage.
pub(crate) fn paths(
    (schema, nodes): (&Schema, &Nodes),
    regions: &Regions<'_>,
    levels: u32,
    wanted: BTreeMap<(u8, u32), String>,
) -> Result<BTreeMap<(u8, u32), String>> {
    Read::new(nodes, regions, regions.head, &mut Nowhere).paths(schema, regions.head, levels, wanted)
}

/// The first damage in an image by the schema of its writer.
pub(crate) fn find_damage_by(
    schema: &Schema,
    nodes: &Nodes,
    regions: &Regions<'_>,
    bytes: &[u8],
    levels: u32,
) -> Option<Error> {
    Read::new(nodes, regions, bytes, &mut Nowhere).root(schema, regions.head, levels).err()
}

/// The first damage in an image, if the walk can see any.
pub(crate) fn find_damage(schema: &'static Schema, regions: &Regions<'_>, bytes: &[u8], levels: u32) -> Option<Error> {
    Read::new(Nodes::NONE, regions, bytes, &mut Nowhere).unlimited().root(schema, regions.head, levels).err()
}

/// The path to the last slot that begins where so many bytes of all regions come, in a whole image.
pub(crate) fn path_at(schema: &'static Schema, regions: &Regions<'_>, left: Left, levels: u32) -> Option<String> {
    let mut seek = Seek::before(left);
    let read = |seek: &mut Seek| {
        Read::new(Nodes::NONE, regions, regions.head, &mut Nowhere).unlimited().seek(schema, regions.head, levels, seek)
    };
    // The first time to count the slots up to there, as a path would take long for each.
    read(&mut seek);
    read(&mut seek.again())
}

/// The path to the first part to which nothing was written, of a body that was written twice, over different bytes.
pub(crate) fn path_of_blank<'a>(
    schema: &'static Schema,
    regions: &Regions<'a>,
    bodies: [&'a [u8]; 2],
    levels: u32,
) -> Option<String> {
    Read::new(Nodes::NONE, regions, bodies[0], &mut Nowhere).unlimited().blank(schema, regions.head, levels, bodies)
}

/// The path to the objects of a type that begin where so many bytes of all regions come: as far as it is common to all.
pub(crate) fn path_of_object(
    schema: &'static Schema,
    regions: &Regions<'_>,
    object: (&'static Schema, Left),
    levels: u32,
) -> Option<String> {
    Read::new(Nodes::NONE, regions, regions.head, &mut Nowhere).unlimited().common(schema, regions.head, levels, object)
}

/// What a name on the path to a place looks like for the element of a list.
fn index(at: usize) -> String {
    alloc::format!("[{at}]")
}

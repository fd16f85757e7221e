//! The source of the slots of a state.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::array::ArrayParts;
use crate::error::{Error, ErrorKind, Result};
use crate::protocol::builder::Builder;
use crate::schema::{OldForm, Schema};
use crate::value::Value;

/// The name of a variant, and its slots by name.
pub type NamedVariant<'v, D> = (&'v str, Vec<(&'v str, D)>);

/// A state that a Python subclass made of its base's, by `super().__getstate__() + (item, ..)`.
#[derive(Debug)]
pub struct Extended<'v, D> {
    /// The full name of the class whose state it begins with.
    pub base: String,
    /// The slots of that class by name.
    pub slots: Vec<(&'v str, D)>,
    /// The attributes of the object, which that state ends with.
    pub attributes: Vec<(&'v str, D)>,
    /// The items behind it.
    pub added: Vec<D>,
}

/// The source of the slots of a state that is restored from a dynamic format: a dynamic value, seen through a cheap
/// handle.
///
/// Each method accepts the kinds of value that can stand for what it returns, and returns `None` for all others.
pub trait Decoder<'v>: Copy {
    /// Whether the values may come from another machine, without a schema.
    const FOREIGN: bool = false;
    /// Whether the values are live objects, whose states are tuples of their slots, and not what a pickle says of
    /// objects: how they are made, and states in other forms.
    #[doc(hidden)]
    const LIVE: bool = false;
    /// The parts of a group.
    type Items: ExactSizeIterator<Item = Self>;
    /// The entries of a map.
    type Entries: ExactSizeIterator<Item = (Self, Self)>;

    /// A description of the value for an error: its kind, and the value itself if it is short.
    fn describe(self) -> String;
    /// Whether the value stands for an absent optional.
    fn is_none(self) -> bool;
    /// A truth value.
    fn bool(self) -> Option<bool>;
    /// An integer within `i128`.
    fn int(self) -> Option<i128>;
    /// An integer that is not negative.
    fn big(self) -> Option<u128>;
    /// A float, or an integer that a float represents exactly.
    fn float(self) -> Option<f64>;
    /// Text.
    fn str(self) -> Option<&'v str>;
    /// Bytes.
    fn bytes(self) -> Option<&'v [u8]>;
    /// An array of numbers or records, or a single one of these.
    ///
    /// # Errors
    /// The value claims to be an array but is not a valid one.
    fn array(self) -> Result<Option<ArrayParts<'v>>> {
        Ok(None)
    }
    /// The bytes of a buffer whose only known element type is bytes, and which can therefore be those of any array. If
    /// the slot is `typed`, arrays of a library that gives a type to all of its arrays do not count.
    #[doc(hidden)]
    fn buffer(self, typed: bool) -> Option<&'v [u8]> {
        let _ = typed;
        None
    }
    /// The bytes of a buffer as for [`buffer`](Self::buffer), for a slot of single bytes: only of memory that was never
    /// an array of signed ones.
    #[doc(hidden)]
    fn memory(self) -> Option<&'v [u8]> {
        None
    }
    /// The items of a tuple, list or set.
    fn items(self) -> Option<Self::Items>;
    /// Whether the items are those of a set, in which equal items count once.
    fn is_set(self) -> bool {
        false
    }
    /// The items of a tuple or list, whose order has a meaning, unlike that of a set.
    fn sequence(self) -> Option<Self::Items> {
        if self.is_set() { None } else { self.items() }
    }
    /// The entries of a map.
    fn entries(self) -> Option<Self::Entries>;
    /// Whether the value is an object of the type `tag`, whatever the form of its state.
    fn is_of(self, tag: &str) -> bool {
        let _ = tag;
        false
    }
    /// The flat state of an object of the type `tag`; `None` if the object contains anything else.
    fn object(self, tag: &str) -> Option<Self::Items>;
    /// The slots of an object of the type `tag` by name, if the names in its flat state are known.
    ///
    /// # Errors
    /// The state is not the one that the known names belong to.
    #[doc(hidden)]
    fn named(self, tag: &str) -> Result<Option<Vec<(&'v str, Self)>>> {
        let _ = tag;
        Ok(None)
    }
    /// The element type of a raw array, if the value is the bytes of one that was read from an image.
    #[doc(hidden)]
    fn elements(self) -> Option<&'v Arc<str>> {
        None
    }
    /// Converts such bytes to elements of `ours`, a raw array: `Some(None)` if the array is absent, `None` if they
    /// cannot be converted.
    #[doc(hidden)]
    fn elements_as(self, ours: &'static Schema) -> Option<Result<Option<Vec<u8>>>> {
        let _ = ours;
        None
    }
    /// Finds which of these older forms the value has, by the schema that it was written with, and makes an image of
    /// that form, with up to `levels` levels. `None` if it has no schema, or none of these forms.
    #[doc(hidden)]
    fn form_among(self, forms: &'static [OldForm], levels: u32) -> Option<(&'static OldForm, Result<Builder>)> {
        let _ = (forms, levels);
        None
    }
    /// Converts to a [`Value`], for a function that upgrades older states, with up to `levels` levels inside it.
    ///
    /// # Errors
    /// The value cannot be converted.
    #[doc(hidden)]
    fn to_value(self, levels: u32) -> Result<Value> {
        let _ = levels;
        let expected = "a state that can be given to `upgrade`";
        Err(Error::new(ErrorKind::Malformed, expected, self.describe()))
    }
    /// The name of the variant of the enum `tag`, and its slots by name, if their names are known.
    ///
    /// # Errors
    /// As for [`named`](Decoder::named).
    #[doc(hidden)]
    fn named_variant(self, tag: &str) -> Result<Option<NamedVariant<'v, Self>>> {
        let _ = tag;
        Ok(None)
    }
    /// The state of an object of the type `tag`, if it is that of a base class, or one made of that by adding items
    /// behind it.
    ///
    /// # Errors
    /// As for [`named`](Decoder::named), or items were added before it.
    #[doc(hidden)]
    fn extended(self, tag: &str) -> Result<Option<Extended<'v, Self>>> {
        let _ = tag;
        Ok(None)
    }
    /// The items that were appended to an object of this class, if nothing else was done to it.
    fn appended(self, class: &str) -> Option<Self::Items> {
        let _ = class;
        None
    }
    /// The entries that were set in an object of this class, if nothing else was done to it except setting attributes.
    fn entered(self, class: &str) -> Option<Self::Entries> {
        let _ = class;
        None
    }
    /// The arguments with which this class was called to make an object, whatever was done to it later; `None` if it
    /// was made by `__new__`, which ignores the arguments of containers.
    fn arguments(self, class: &str) -> Option<Self::Items>;
    /// The arguments from which an object of this class was made, if nothing was done to it later.
    fn called(self, class: &str) -> Option<Self::Items> {
        self.arguments(class)
    }
    /// The items of the tuple that an object of a subclass of `tuple` is made from: the only argument of its `__new__`,
    /// if nothing was done to it later.
    #[doc(hidden)]
    fn tuple_of(self, class: &str) -> Option<Self::Items> {
        let _ = class;
        None
    }
    /// An integer of any size, as the shortest two's complement, lowest byte first.
    fn long(self) -> Option<Cow<'v, [u8]>>;
    /// The attributes of an object of the type `tag`; `None` if the object contains anything else.
    fn attributes(self, tag: &str) -> Option<Attributes<'v, Self, Self::Items>>;
    /// The members that Cython pickled for an object of the type `tag`, sorted by name.
    ///
    /// # Errors
    /// The members have other names than these.
    fn members(self, tag: &str, names: &[&str]) -> Result<Option<Self::Items>>;
    /// The name of the variant of the enum `tag`, and its slots.
    fn variant(self, tag: &str) -> Option<(&'v str, Self::Items)>;
    /// The value of a member of the Python enum `tag`, if the member is given by its value.
    fn member(self, tag: &str) -> Option<i128> {
        let _ = tag;
        None
    }
    /// An identity that distinguishes the value from others, if several places refer to it.
    #[doc(hidden)]
    fn identity(self) -> Option<usize> {
        None
    }
    /// The index of an object of another runtime in the table of objects.
    #[cfg(feature = "pyo3")]
    fn handle(self) -> Option<u64> {
        None
    }
}

/// The form in which the attributes of a Python object are given.
#[derive(Debug)]
pub enum Attributes<'v, D, I> {
    /// By name.
    Named(Vec<(&'v str, D)>),
    /// In order, as a frozen dataclass with slots keeps them.
    Flat(I),
}

//! Where the slots of a state come from.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::array::ArrayParts;
use crate::error::{Error, ErrorKind, Result};
use crate::value::Value;

/// The name of a variant, and its slots by name.
pub type NamedVariant<'v, D> = (&'v str, Vec<(&'v str, D)>);

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
    ///
    /// # Errors
    /// A state that is not the one whose names are known.
    #[doc(hidden)]
    fn named(self, tag: &str) -> Result<Option<Vec<(&'v str, Self)>>> {
        let _ = tag;
        Ok(None)
    }
    /// Of the bytes of a raw array that were read from an image, what its elements were.
    #[doc(hidden)]
    fn elements(self) -> Option<&'v Arc<str>> {
        None
    }
    /// The value itself, to be given to a function that changes older states, where so many levels may follow.
    ///
    /// # Errors
    /// What cannot be given.
    #[doc(hidden)]
    fn to_value(self, levels: u32) -> Result<Value> {
        let _ = levels;
        let expected = "a state that can be given to `upgrade`";
        Err(Error::new(ErrorKind::Malformed, expected, self.describe()))
    }
    /// The name of the variant, of the enum `tag`, and its slots by name, where the state knows their names.
    ///
    /// # Errors
    /// As those of [`named`](Decoder::named).
    #[doc(hidden)]
    fn named_variant(self, tag: &str) -> Result<Option<NamedVariant<'v, Self>>> {
        let _ = tag;
        Ok(None)
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

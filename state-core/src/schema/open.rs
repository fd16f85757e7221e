//! Open sets: types behind a trait object of which the schema has only the name of the set. The program knows the types
//! once it has registered them.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::Schema;
use super::fingerprint::identity;
#[cfg(feature = "std")]
use super::members::table_of;
use crate::error::{Error, ErrorKind, Escaped};
use crate::evolve::SetEvolution;
use crate::protocol::layout::LENGTH;

/// The size of the head of a value: the length of its type's tag, and its type's fingerprint.
pub(crate) const OPEN_HEAD: usize = LENGTH + 8;

/// An open set.
#[derive(Clone)]
pub(crate) struct Open {
    pub name: Cow<'static, str>,
    /// What the program knows about it; `None` in a schema that was read.
    pub known: Option<KnownSet>,
    /// How its older states are upgraded; `None` in a schema that was read for another purpose.
    pub evolution: Option<SetEvolution>,
}

/// What a program knows about an open set.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct KnownSet {
    /// The types that are registered now.
    pub members: fn() -> Vec<KnownMember>,
    /// The trait object, as the program calls it.
    pub type_name: fn() -> &'static str,
    /// Makes the table of the types in some sets that bytes carry.
    pub(crate) table: fn(&[&'static Open], bool, bool) -> Vec<u8>,
    /// What Python classes with such a set do in addition.
    #[cfg(feature = "pyo3")]
    pub(crate) classes: &'static crate::python::SetForms,
}

#[cfg(feature = "std")]
impl KnownSet {
    pub(crate) const fn new(members: fn() -> Vec<KnownMember>, type_name: fn() -> &'static str) -> Self {
        Self {
            members,
            type_name,
            table: table_of,
            #[cfg(feature = "pyo3")]
            classes: crate::python::SetForms::ALL,
        }
    }
}

impl fmt::Debug for Open {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Open").field(&self.name).finish()
    }
}

/// What code that does not know the trait knows about a type in an open set.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct KnownMember {
    pub(crate) tag: &'static str,
    pub(crate) aliases: &'static [&'static str],
    pub(crate) schema: fn() -> &'static Schema,
}

impl KnownMember {
    pub(crate) fn fingerprint(&self) -> u64 {
        identity((self.schema)()).fingerprint
    }
}

impl Open {
    pub fn all(&self) -> Vec<KnownMember> {
        self.known.map_or_else(Vec::new, |known| (known.members)())
    }

    /// Whether both are the set of the same trait.
    pub fn is_same(&self, other: &Self) -> bool {
        let of = |open: &Self| open.known.map(|known| (known.type_name)());
        self.name == other.name && of(self) == of(other)
    }

    /// The registered type with this tag, if it has this fingerprint.
    ///
    /// # Errors
    /// No such registered type, or one with another fingerprint.
    pub fn find(&self, tag: &str, fingerprint: &[u8]) -> Result<KnownMember, Error> {
        let Some(found) = self.all().into_iter().find(|member| member.tag == tag) else {
            return Err(Error::new(
                ErrorKind::Identity,
                self.registered(),
                format!("'{}', which is not", Escaped(tag)),
            ));
        };
        if fingerprint != found.fingerprint().to_le_bytes() {
            let theirs = fingerprint.iter().rev().fold(0, |number: u64, &byte| number << 8 | u64::from(byte));
            let expected = format!("'{}' as it is registered (fingerprint {:016x})", found.tag, found.fingerprint());
            let found = format!("another form of it ({theirs:016x})");
            let hint = "`loads_upgraded` takes states of older forms";
            return Err(Error::new(ErrorKind::Identity, expected, found).with_hint(hint));
        }
        Ok(found)
    }

    /// What an error expects if a type is not registered.
    pub fn registered(&self) -> String {
        match self.known {
            Some(known) => unregistered((known.type_name)()),
            None => format!("bytes that are looked at by the program that knows the types of {}", Escaped(&self.name)),
        }
    }
}

/// What an error expects if a type is not registered.
#[cold]
pub(crate) fn unregistered(set: &str) -> String {
    format!("a type that was registered by `<{set}>::register([member!(Type)])`")
}

impl Schema {
    /// The schema of an open set.
    #[doc(hidden)]
    #[must_use]
    pub const fn open(name: &'static str, known: KnownSet) -> Self {
        let open = Open { name: Cow::Borrowed(name), known: Some(known), evolution: Some(SetEvolution::ALL) };
        Self::leaf(super::Kind::Open(open), OPEN_HEAD)
    }
}

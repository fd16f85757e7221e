//! A pickle as a document: opened without a type, to be printed, converted, and searched for the classes that it names.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use core::fmt;

use super::arena::Id;
use super::machine;
use super::ops::Operations;
use super::parts::Parts;
use super::scan;
use crate::error::{Error, ErrorKind, Result};
use crate::pickle::{PickleOptions, opcode as op};
use crate::value::{Name, Value};
use crate::walk::checksum::sha256;

/// A pickle that was read to its end but not loaded: a way to inspect untrusted pickles. Nothing is imported or called.
/// Opening a pickle allocates at most 8 times its length plus 1 MiB, whatever it contains.
///
/// `Display` is Python's `repr` of the pickled value, as for [`Value`]; `{:#}` is a tree with a line for each part. The
/// length of the text is proportional to that of the pickle:
/// - A value inside itself is shown as `[...]`, `{...}` or `(...)`, as in Python.
/// - A value that is referenced from many places is repeated until repetitions come to eight times the pickle's length
///   plus 1 MiB, and is then shown as `...`; a value of up to 64 bytes is always shown.
/// - A part nested in more than 1000 others is shown as `...`, where Python's `repr` fails.
/// - Out-of-band buffers are shown as `<buffer 0>`.
///
/// ```
/// use state_core::pickle::Pickle;
///
/// let bytes = b"\x80\x04cexample\nPerson\n)\x81\x8c\x04DaveK\x1e\x86b.";
/// let pickle = Pickle::open(bytes)?;
/// assert_eq!(pickle.to_string(), "Person('Dave', 30)");
/// assert_eq!(format!("{pickle:#}"), "Person(\n    'Dave',\n    30,\n)");
/// assert_eq!(pickle.classes()?.next().unwrap(), *"example.Person");
/// assert_eq!(pickle.operations().last().unwrap().to_string(), "   30: .    STOP");
/// # Ok::<(), state_core::Error>(())
/// ```
#[derive(Debug)]
pub struct Pickle<'a> {
    parts: Parts<'a>,
}

impl<'a> Pickle<'a> {
    /// Reads the pickle at the start of the bytes; anything after it is ignored.
    ///
    /// # Errors
    /// If the bytes are not a pickle, with the offset.
    pub fn open(bytes: &'a [u8]) -> Result<Self> {
        PickleOptions::new().open(bytes)
    }

    /// Its length in bytes; another pickle may follow.
    #[must_use]
    #[allow(clippy::len_without_is_empty, reason = "no pickle is empty")]
    pub fn len(&self) -> usize {
        self.parts.len
    }

    /// Its opcodes, as Python's `pickletools` lists them.
    #[must_use]
    pub fn operations(&self) -> Operations<'a> {
        Operations::new(self.parts.input.get(..self.parts.len).unwrap_or_default())
    }

    /// Converts it into a value, which takes about 32 bytes for each of its parts plus their text.
    ///
    /// # Errors
    /// If it has out-of-band buffers, which must be passed to [`PickleOptions::load_value_with`].
    pub fn value(&self) -> Result<Value> {
        if self.parts.buffers > 0 {
            let found = alloc::format!("{} buffers out of band", self.parts.buffers);
            return Err(Error::new(ErrorKind::Length, "a pickle that holds all of its parts", found));
        }
        super::value::value(&self.parts, &[], &mut super::value::kept)
    }

    /// The names of all classes and functions that Python would import to load it, in order and each once, including
    /// those of extension codes.
    ///
    /// # Errors
    /// If names are composed of the same long texts again and again, beyond eight times the pickle's length plus 1 MiB.
    pub fn classes(&self) -> Result<impl ExactSizeIterator<Item = Name>> {
        let ids = self.names()?;
        Ok(ids.into_iter().map(|id| self.name(Id(id))))
    }

    fn name(&self, id: Id) -> Name {
        self.parts.name(id).map_or_else(|| Name::from(""), |name| Name::new(name.module, name.name))
    }

    /// Returns the parts that are names, each name once.
    fn names(&self) -> Result<Vec<u32>> {
        let Parts { input, arena, .. } = &self.parts;
        let mut left = self.parts.len.saturating_mul(8).saturating_add(1 << 20);
        let (mut globals, mut pairs, mut hashes) = (arena.globals(), BTreeSet::new(), BTreeSet::new());
        let (mut names, mut at) = (Vec::new(), 0);
        while at < self.parts.len {
            let op = scan::op(input, at)?;
            let id = match op.code {
                op::GLOBAL | op::INST | op::EXT1 | op::EXT2 | op::EXT4 => Some(Id::leaf(at)),
                op::STACK_GLOBAL => globals.next().filter(|id| {
                    id.place().is_none_or(|place| pairs.insert((arena.part(place, 0).0, arena.part(place, 1).0)))
                }),
                _ => None,
            };
            at = op.end;
            let Some(id) = id else { continue };
            let Some(name) = self.parts.name(id) else { continue };
            left = left.checked_sub(name.module.len() + name.name.len()).ok_or_else(too_long)?;
            if hashes.insert(hash(name.module, name.name)) {
                names.push(id.0);
            }
        }
        Ok(names)
    }
}

/// Hashes a name, which takes less memory; no two names with the same hash are known.
fn hash(module: &str, name: &str) -> [u32; 4] {
    let length = (module.len() as u64).to_le_bytes();
    let [a, b, c, d, ..] = sha256(&[&length, module.as_bytes(), name.as_bytes()].concat());
    [a, b, c, d]
}

#[cold]
fn too_long() -> Error {
    let expected = "names that come to at most eight times the length of the pickle";
    Error::new(ErrorKind::Length, expected, "more")
}

impl fmt::Display for Pickle<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts.fmt(f)
    }
}

impl PickleOptions {
    /// As [`Pickle::open`], with these settings.
    ///
    /// # Errors
    /// As [`Pickle::open`].
    pub fn open<'a>(&self, bytes: &'a [u8]) -> Result<Pickle<'a>> {
        machine::run(bytes, self, u32::MAX).map(|parts| Pickle { parts })
    }
}

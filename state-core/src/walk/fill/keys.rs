//! Keys of maps and elements of sets: two that differ must stay different, although parts of them were renamed or are
//! left out.

use crate::places::Words;
use alloc::vec::Vec;

use super::{Fill, within};
use crate::error::{Error, ErrorKind, Result};
use crate::protocol::builder::Builder;
use crate::schema::{Evolution, Kind, Nodes, Schema, Slot};
use crate::walk::Decoder;

/// The images of the keys of one map, or of the elements of one set.
pub(super) type Keys = Words;

/// How far the regions of an image extend: heads, text and raw arrays.
pub(super) type Ends = [usize; 3];

/// Whether values with different names in them can become equal.
pub(crate) fn can_become_one(nodes: &Nodes, key: &Schema) -> bool {
    let is_leaf = matches!(key.kind, Kind::Str | Kind::Int { .. } | Kind::Char | Kind::Bool | Kind::Known(_));
    !is_leaf && nodes.reach(key, |node| joins(&node.kind))
}

fn joins(kind: &Kind) -> bool {
    let fills = |slots: &[Slot]| slots.iter().any(|slot| slot.default.is_some());
    let changes =
        |of: &Evolution| of.removed.is_some() || of.upgrade.is_some() || !of.forms.is_empty() || !of.aliases.is_empty();
    match kind {
        Kind::Object(object) => {
            let renames = object.evolution.parts.iter().any(|part| !part.aliases.is_empty());
            renames || fills(&object.slots) || changes(object.evolution)
        }
        Kind::Enum(of) => {
            let renames = of.evolution.parts.iter().any(|part| !part.aliases.is_empty());
            let fills = of.variants.iter().any(|variant| fills(&variant.slots));
            renames || fills || of.evolution.other.is_some() || changes(of.evolution)
        }
        // Each of its types may have another name or be converted.
        Kind::Open(_) => true,
        _ => false,
    }
}

impl<'v, 's> Fill<'v, 's> {
    /// Returns an empty set of keys, if keys may have to be compared.
    pub(super) fn keys(&self, of: &Schema) -> Option<Keys> {
        can_become_one(self.nodes, of).then(Keys::default)
    }

    /// Fills the elements of a set.
    pub(super) fn different<D: Decoder<'v>>(
        &mut self,
        of: &'s Schema,
        items: &mut impl Iterator<Item = D>,
        (mut at, stride): (usize, usize),
    ) -> Result<()> {
        let mut keys = self.keys(of);
        let start = at;
        for item in items {
            self.key((of, item), at, keys.as_mut()).map_err(|error| within(error, (at - start) / stride.max(1)))?;
            at += stride;
        }
        Ok(())
    }

    /// Fills a key, and compares it with the keys before it.
    pub(super) fn key<D: Decoder<'v>>(
        &mut self,
        (of, value): (&'s Schema, D),
        at: usize,
        keys: Option<&mut Keys>,
    ) -> Result<()> {
        let Some(keys) = keys else { return self.node(of, value, at) };
        let from = self.ends();
        self.node(of, value, at)?;
        let to = self.ends();
        let head = &self.builder.heads[at..at + of.head];
        if keys.meet(image(&self.builder, head, [from, to])) { Ok(()) } else { Err(same()) }
    }

    pub(super) fn ends(&mut self) -> Ends {
        let builder = self.whole();
        [builder.heads.len(), builder.text.len(), builder.raw.len()]
    }
}

/// Returns the image of a value with this head, whose other regions lie between `from` and `to`. The image is unique to
/// the value.
pub(super) fn image(builder: &Builder, head: &[u8], [from, to]: [Ends; 2]) -> Vec<u8> {
    let lengths = [(to[0] - from[0]).to_le_bytes(), (to[1] - from[1]).to_le_bytes()].concat();
    let (heads, text) = (&builder.heads[from[0]..to[0]], &builder.text[from[1]..to[1]]);
    [&lengths, head, heads, text, &builder.raw[from[2]..to[2]]].concat()
}

#[cold]
fn same() -> Error {
    let expected = "keys that stay different";
    let found = "two that `alias`, `other`, `removed`, `default`, `from` or `upgrade` of a type in them makes the same";
    Error::new(ErrorKind::Identity, expected, found)
}

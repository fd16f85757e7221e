//! The variants of enums.

use alloc::format;

use super::open::{Open, Parts};
use super::{Read, little_endian};
use crate::error::{Error, ErrorKind, Result};
use crate::protocol::layout::{LENGTH, tag_head};
use crate::schema::{Enum, Kind, Open as OpenSet};
use crate::walk::form::tuple_slots;
use crate::walk::{Encoder, Group};

impl<'a, E: Encoder + ?Sized> Read<'a, '_, E> {
    /// Reads a value of one of the types of an open set.
    pub(super) fn open_member(&mut self, open: &'a OpenSet, head: &'a [u8], depth: u32) -> Result<()> {
        let (tag_head, fingerprint) = head.split_at(LENGTH);
        let tag = self.text(tag_head)?;
        let member = self.nodes.member(open, tag, fingerprint).map_err(|error| self.at(error, head))?;
        let schema = member.schema;
        let run = self.run(1, schema.head)?;
        self.filler(run, schema.head)?;
        if !(self.encoder.names_classes() && matches!(schema.kind, Kind::Object(_))) {
            self.encoder.begin(Group::Variant { tag: &open.name, variant: member.tag, slots: 1 });
            self.open(Parts::One, depth);
        }
        self.node(schema, &run[..schema.head], depth)
    }

    pub(super) fn enumeration(&mut self, of: &'a Enum, head: &'a [u8], depth: u32) -> Result<()> {
        let (tag, inline) = head.split_at(tag_head(of.variants.len()));
        let Some(variant) = usize::try_from(little_endian(tag)).ok().and_then(|at| of.variants.get(at)) else {
            let expected = format!("one of the {} variants of {}", of.variants.len(), of.name);
            let found = format!("variant {}", little_endian(tag));
            return Err(self.at(Error::new(ErrorKind::Malformed, expected, found), tag));
        };
        let size = variant.slots.iter().map(|slot| self.nodes.get(slot.ty).head).sum::<usize>();
        // If nothing follows the tag, the heads of variants that have any are in the tail.
        let place = if !inline.is_empty() || size == 0 { inline } else { self.run(1, size)? };
        if let Some((schema, _)) = of.member(variant, self.nodes).filter(|_| self.encoder.names_classes()) {
            return self.node(schema, place, depth);
        }
        let slots = variant.slots.iter().map(|slot| tuple_slots(self.nodes, slot)).sum();
        self.encoder.begin(Group::Variant { tag: &of.name, variant: &variant.name, slots });
        let parts = Parts::Slots { slots: &variant.slots, head: place };
        self.open.push(Open { parts, begun: 0, name: &variant.name, shown: true, depth });
        Ok(())
    }
}

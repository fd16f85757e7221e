//! How the path of an error names an entry of a map: by its key, if that can be shown on one short line, otherwise by
//! its place. Nothing here runs unless something is wrong.

use alloc::format;
use alloc::string::String;
use core::fmt::Write;

use super::builder::Builder;
use super::decode::{Regions, read_length};
use super::layout::tag_head;
use super::parts::size;
use crate::literal::Text as Literal;
use crate::schema::{Kind, Nodes, Schema, Slot, short};
use crate::standard::Known;
use crate::state::State;

/// The maximum number of characters that are shown of a text.
const PART: usize = 60;

/// The length up to which further parts of a key are shown. A key with more is not shown.
const LONG: usize = 80;

/// How many parts of a key may be nested.
const NESTED: u32 = 4;

/// The maximum number of bytes of the whole, in which names can be of any length.
const LONGEST: usize = 10 * PART;

/// How deep the containers of a live key may be nested. Those with any are not shown.
const DEPTH: u32 = 1;

/// The name of the value of an entry: its key as comparisons and Python print it, or its place in the map.
pub(crate) fn named(key: Option<String>, place: usize) -> String {
    match key {
        Some(key) => format!("[{key}]"),
        None => format!("[entry {place}]"),
    }
}

/// The name of a key that is itself in error.
pub(crate) fn key_of(place: usize) -> String {
    format!("[key of entry {place}]")
}

/// Shows a text.
pub(crate) fn text(key: &str) -> String {
    let end = key.char_indices().nth(PART).map_or(key.len(), |(end, _)| end);
    format!("{}{}", Literal(&key[..end]), if end < key.len() { "..." } else { "" })
}

/// Shows the key that these regions begin with.
pub(crate) fn shown(nodes: &Nodes, schema: &Schema, regions: &Regions<'_>) -> Option<String> {
    let mut key = Key { nodes, rest: *regions, text: String::new(), nested: NESTED };
    key.part(schema, regions.head)?;
    (key.text.len() <= LONGEST).then_some(key.text)
}

/// Shows a key of a live map.
pub(crate) fn shown_live<K: State>(key: &K) -> Option<String> {
    let mut image = Builder::new(K::HEAD, DEPTH);
    image.slot((0, K::HEAD), |all| size(key, all), |head, writer| key.put(head, writer)).ok()?;
    shown(Nodes::NONE, K::schema(), &image.regions(K::HEAD).ok()?)
}

struct Key<'a> {
    nodes: &'a Nodes,
    /// The regions behind what was shown.
    rest: Regions<'a>,
    text: String,
    nested: u32,
}

impl<'a> Key<'a> {
    /// Shows a part; `None` if it is of a kind that is not shown, or damaged.
    fn part(&mut self, schema: &'a Schema, head: &'a [u8]) -> Option<()> {
        if schema.shared.is_some() && self.rest.numbered.is_some() || self.text.len() > LONG {
            return None;
        }
        match &schema.kind {
            Kind::Bool => self.text.push_str(if head == [0] { "False" } else { "True" }),
            Kind::Char => {
                let letter = char::from_u32(u32::from_le_bytes(head.try_into().ok()?))?;
                self.text.push_str(&text(letter.encode_utf8(&mut [0; 4])));
            }
            Kind::Int { signed, .. } => self.int(*signed, head)?,
            Kind::Str => {
                let len = read_length(head, &mut self.rest.tail)?;
                self.text.push_str(&text(self.rest.text.cut(len)?));
            }
            Kind::Known(Known::Uuid) => {
                let digits = format!("{:032x}", u128::from_be_bytes(head.try_into().ok()?));
                let groups = [0..8, 8..12, 12..16, 16..20, 20..32].map(|group| &digits[group]);
                write!(self.text, "UUID('{}')", groups.join("-")).ok()?;
            }
            Kind::Tuple(items) => self.parts(items.iter().map(|item| self.nodes.get(*item)), head)?,
            Kind::Object(object) if !object.has_parent => {
                self.text.push_str(short(&object.name));
                self.slots(&object.slots, head)?;
            }
            Kind::Enum(of) => {
                let (tag, inline) = head.split_at_checked(tag_head(of.variants.len()))?;
                let at = tag.iter().rev().fold(0, |at, &byte| at << 8 | usize::from(byte));
                let variant = of.variants.get(at)?;
                if of.member(variant, self.nodes).is_some() {
                    return None;
                }
                write!(self.text, "{}.{}", short(&of.name), variant.name).ok()?;
                if !variant.slots.is_empty() {
                    let size =
                        variant.slots.iter().map(|slot| self.nodes.get(slot.ty).head).fold(0, usize::saturating_add);
                    // If nothing follows the tag, the heads of variants that have any are in the tail.
                    let place = if inline.is_empty() { self.run(size)? } else { inline };
                    self.slots(&variant.slots, place)?;
                }
            }
            _ => return None,
        }
        Some(())
    }

    fn run(&mut self, size: usize) -> Option<&'a [u8]> {
        let (run, rest) = self.rest.tail.split_at_checked(size)?;
        self.rest.tail = rest;
        Some(run)
    }

    fn int(&mut self, signed: bool, head: &[u8]) -> Option<()> {
        let is_negative = signed && head.last()? & 0x80 != 0;
        let mut bytes = [if is_negative { 0xFF } else { 0 }; 16];
        bytes.get_mut(..head.len())?.copy_from_slice(head);
        match signed {
            true => write!(self.text, "{}", i128::from_le_bytes(bytes)).ok(),
            false => write!(self.text, "{}", u128::from_le_bytes(bytes)).ok(),
        }
    }

    fn slots(&mut self, slots: &'a [Slot], head: &'a [u8]) -> Option<()> {
        self.parts(slots.iter().map(|slot| self.nodes.get(slot.ty)), head)
    }

    fn parts(&mut self, parts: impl Iterator<Item = &'a Schema>, mut head: &'a [u8]) -> Option<()> {
        self.nested = self.nested.checked_sub(1)?;
        self.text.push('(');
        for (at, schema) in parts.enumerate() {
            let (part, rest) = head.split_at_checked(schema.head)?;
            self.text.push_str(if at > 0 { ", " } else { "" });
            self.part(schema, part)?;
            head = rest;
        }
        self.text.push(')');
        self.nested += 1;
        Some(())
    }
}

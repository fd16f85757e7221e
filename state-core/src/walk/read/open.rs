//! The groups around the part that is being read. They are in a list, because images are as deep as their authors like,
//! and the walk uses the same stack for all of them.

use alloc::string::String;
use core::slice::ChunksExact;

use crate::error::Error;
use crate::error::index;
use crate::protocol::decode::Regions;
use crate::protocol::entry;
use crate::protocol::layout::stride;
use crate::schema::{Link, Nodes, Schema, Slot};

/// A group, one of whose parts is being read.
pub(super) struct Open<'a> {
    pub parts: Parts<'a>,
    /// How many of the parts have begun.
    pub begun: usize,
    /// What the group adds to a path in addition to the name of its part: the name of a variant or parent.
    pub name: &'a str,
    /// Whether the encoder was passed its beginning.
    pub shown: bool,
    /// How many nested parts are allowed inside it.
    pub depth: u32,
}

pub(super) enum Parts<'a> {
    /// A single part, which began with the group.
    One,
    Slots {
        slots: &'a [Slot],
        head: &'a [u8],
    },
    Tuple {
        items: &'a [Link],
        head: &'a [u8],
    },
    /// `len` parts of one type in one head.
    Array {
        of: &'a Schema,
        len: usize,
        head: &'a [u8],
    },
    /// Parts of one type, whose heads are a run; an empty head has one byte in it.
    Elements {
        of: &'a Schema,
        heads: ChunksExact<'a, u8>,
    },
    /// Alternating keys and values, whose heads are a run: those from the entry on that is read; and how much tail and
    /// text there was where its key began.
    Entries {
        of: [&'a Schema; 2],
        heads: &'a [u8],
        left: [usize; 2],
    },
}

/// The next step in a group.
pub(super) enum Next<'a> {
    Part(&'a Schema, &'a [u8]),
    Slot(&'a str, &'a Schema, &'a [u8]),
    /// A key, where `left` of the group must be noted.
    Key(&'a Schema, &'a [u8]),
    /// A part that is longer than the rest of its group's head, which is given.
    Short(&'a [u8]),
    End,
}

impl<'a> Open<'a> {
    pub fn next(&mut self, nodes: &'a Nodes) -> Next<'a> {
        let begun = self.begun;
        let next = match &mut self.parts {
            Parts::One => Next::End,
            Parts::Slots { slots, head } => match slots.get(begun) {
                None => Next::End,
                Some(slot) => {
                    let schema = nodes.get(slot.ty);
                    match cut(head, schema.head) {
                        Some(part) => Next::Slot(&slot.name, schema, part),
                        None => Next::Short(head),
                    }
                }
            },
            Parts::Tuple { items, head } => match items.get(begun) {
                Some(&item) => side_by_side(nodes.get(item), head),
                None => Next::End,
            },
            Parts::Array { len, .. } if begun == *len => Next::End,
            Parts::Array { of, head, .. } => side_by_side(of, head),
            Parts::Elements { of, heads } => match heads.next() {
                Some(head) => Next::Part(of, &head[..of.head]),
                None => Next::End,
            },
            Parts::Entries { of: [key, of], heads, .. } if begun % 2 == 1 => {
                Next::Part(of, &heads[key.head..key.head + of.head])
            }
            Parts::Entries { of: [key, of], heads, .. } => {
                if begun > 0 {
                    *heads = &heads[stride(key.head + of.head)..];
                }
                if heads.is_empty() { Next::End } else { Next::Key(key, &heads[..key.head]) }
            }
        };
        if matches!(next, Next::Part(..) | Next::Slot(..) | Next::Key(..)) {
            self.begun += 1;
        }
        next
    }

    /// Notes where the regions are as a key begins.
    pub fn note(&mut self, now: [usize; 2]) {
        if let Parts::Entries { left, .. } = &mut self.parts {
            *left = now;
        }
    }

    /// The key of the entry whose value is being read, as errors show it, and the head of the value. `whole` has the
    /// tail and text of the image from the start.
    #[cold]
    pub fn key(&self, nodes: &'a Nodes, whole: &Regions<'a>) -> Option<(String, &'a [u8])> {
        let Parts::Entries { of: [key, of], heads, left: [tail, text] } = &self.parts else { return None };
        if self.begun == 0 || self.begun % 2 == 1 {
            return None;
        }
        let (head, rest) = heads.split_at_checked(key.head)?;
        let tail = whole.tail.get(whole.tail.len().checked_sub(*tail)?..)?;
        let text = whole.text.left(*text)?;
        let key = entry::shown(nodes, key, &Regions { head, tail, text, ..*whole })?;
        Some((key, rest.get(..of.head)?))
    }

    /// Prepends this group's part of the path to an error's path.
    #[cold]
    pub fn within(&self, error: Error, nodes: &'a Nodes, whole: &Regions<'a>) -> Error {
        let error = match (&self.parts, self.begun.checked_sub(1)) {
            (Parts::One, _) | (_, None) => error,
            (Parts::Slots { slots, .. }, Some(at)) => match slots.get(at) {
                Some(slot) => error.within(&slot.name),
                None => error,
            },
            (Parts::Tuple { .. }, Some(at)) => error.within(&alloc::format!("{at}")),
            (Parts::Array { .. } | Parts::Elements { .. }, Some(at)) => error.within(&index(at)),
            (Parts::Entries { .. }, Some(at)) if at % 2 == 0 => error.within(&entry::key_of(at / 2)),
            (Parts::Entries { .. }, Some(at)) => {
                error.within(&entry::named(self.key(nodes, whole).map(|(key, _)| key), at / 2))
            }
        };
        if self.name.is_empty() { error } else { error.within(self.name) }
    }
}

fn side_by_side<'a>(of: &'a Schema, head: &mut &'a [u8]) -> Next<'a> {
    match cut(head, of.head) {
        Some(part) => Next::Part(of, part),
        None => Next::Short(head),
    }
}

/// Cuts a part off the front of a head.
fn cut<'a>(head: &mut &'a [u8], len: usize) -> Option<&'a [u8]> {
    let (cut, rest) = head.split_at_checked(len)?;
    *head = rest;
    Some(cut)
}

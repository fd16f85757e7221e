//! From an image to an encoder. It trusts neither the bytes nor, where they come from a file, the schema.

mod arrays;
mod leaves;
mod variants;

use alloc::format;
use alloc::string::ToString;
use core::fmt;

use super::form::{can_be_none, count_slots, is_byte};
use super::raws::Raws;
use super::{Encoder, Group, index};
use crate::decode::{Regions, read_length};
use crate::error::{Error, ErrorKind, Result};
use crate::layout::{option_is_inline, stride};
use crate::schema::{Kind, Link, Nodes, Object, Schema, Slot, short};
use crate::text::Text;

/// Nodes inside one another; each takes stack.
const DEPTH: u32 = 2048;

pub(crate) struct Read<'a, E> {
    nodes: &'a Nodes,
    tail: &'a [u8],
    text: Text<'a>,
    raw: Raws<'a>,
    /// All bytes, to tell offsets by.
    start: usize,
    /// Parts that take no bytes and may still come: a schema could ask for any number of them.
    free: usize,
    depth: u32,
    encoder: &'a mut E,
}

impl<'a, E: Encoder> Read<'a, E> {
    pub fn new(nodes: &'a Nodes, regions: &Regions<'a>, bytes: &'a [u8], encoder: &'a mut E) -> Self {
        let Regions { tail, text, raw, .. } = *regions;
        Self {
            nodes,
            tail,
            text,
            raw: Raws::whole(raw),
            start: bytes.as_ptr() as usize,
            free: 0x1_0000 + 16 * bytes.len(),
            depth: DEPTH,
            encoder,
        }
    }
}

impl<'a, E: Encoder> Read<'a, E> {
    /// Walks one node; how much is left of tail, text and raw.
    pub fn one(mut self, schema: &Schema, head: &'a [u8]) -> Result<[usize; 3]> {
        self.node(schema, head)?;
        Ok([self.tail.len(), self.text.as_bytes().len(), self.raw.rest().len()])
    }

    /// Walks the whole image; what is left over at the end is damage too.
    pub fn root(mut self, schema: &Schema, head: &'a [u8]) -> Result<()> {
        let name = schema.tag().map(short).unwrap_or_default();
        self.node(schema, head).map_err(|error| error.within(name))?;
        let left = |part: &'static str, rest: &[u8]| {
            Err(self.at(Error::new(ErrorKind::Length, "the end of the state", part), rest).within(name))
        };
        match (self.tail, self.text.as_bytes(), self.raw.rest()) {
            (rest @ [_, ..], _, _) => left("more heads", rest),
            (_, rest @ [_, ..], _) => left("more text", rest),
            (_, _, rest @ [_, ..]) => left("more raw bytes", rest),
            _ => Ok(()),
        }
    }

    /// The same image with its raw arrays elsewhere.
    #[cfg(feature = "pyo3")]
    pub fn with_raws(mut self, raw: Raws<'a>) -> Self {
        self.raw = raw;
        self
    }

    /// An object's flat state without the group around it, or the whole of what is no object.
    #[cfg(feature = "pyo3")]
    pub fn state(mut self, schema: &Schema, head: &'a [u8]) -> Result<()> {
        let walked = match &schema.kind {
            Kind::Object(object) => self.state_of(object, head),
            _ => self.node(schema, head),
        };
        walked.map_err(|error| error.within(schema.tag().map(short).unwrap_or_default()))
    }

    fn at(&self, error: Error, place: &[u8]) -> Error {
        error.at_byte((place.as_ptr() as usize).wrapping_sub(self.start))
    }

    fn malformed<T>(&self, expected: &'static str, found: impl fmt::Display, place: &[u8]) -> Result<T> {
        Err(self.at(Error::new(ErrorKind::Malformed, expected, found.to_string()), place))
    }

    /// Cuts a head's part from its front.
    fn cut(&self, head: &mut &'a [u8], len: usize) -> Result<&'a [u8]> {
        match head.split_at_checked(len) {
            Some((cut, rest)) => {
                *head = rest;
                Ok(cut)
            }
            None => self.malformed("a head that holds its parts", "a shorter one", head),
        }
    }

    fn run(&mut self, count: usize, head: usize) -> Result<&'a [u8]> {
        let run = count.checked_mul(stride(head)).and_then(|len| self.tail.split_at_checked(len));
        match run {
            Some((run, rest)) => {
                self.tail = rest;
                Ok(run)
            }
            None => {
                let error = Error::new(
                    ErrorKind::Malformed,
                    format!("{count} heads of {head} bytes"),
                    format!("{} bytes left", self.tail.len()),
                );
                Err(self.at(error, self.tail))
            }
        }
    }

    /// The length in a head. In its long form it must need it.
    fn length(&mut self, head: &[u8]) -> Result<usize> {
        match read_length(head, &mut self.tail) {
            Some(length) => Ok(length),
            None => self.malformed("a length", "none in its shortest form", head),
        }
    }

    fn node(&mut self, schema: &Schema, head: &'a [u8]) -> Result<()> {
        if head.is_empty() {
            let Some(free) = self.free.checked_sub(1) else {
                return self.malformed("no more empty parts than bytes could ask for", "more", self.tail);
            };
            self.free = free;
        }
        let Some(depth) = self.depth.checked_sub(1) else {
            return Err(self.at(crate::encode::too_deep(), head));
        };
        let outer = core::mem::replace(&mut self.depth, depth);
        self.kind(&schema.kind, head)?;
        self.depth = outer;
        Ok(())
    }

    fn link(&mut self, link: Link, head: &'a [u8]) -> Result<()> {
        self.node(self.nodes.get(link), head)
    }

    fn kind(&mut self, kind: &Kind, head: &'a [u8]) -> Result<()> {
        match kind {
            Kind::Unit => {
                self.encoder.begin(Group::Tuple(0));
                self.encoder.end();
            }
            Kind::Bool => match head {
                [byte @ (0 | 1)] => self.encoder.bool(*byte == 1),
                _ => return self.malformed("a bool (0 or 1)", head[0], head),
            },
            Kind::Char => match char::from_u32(little_endian(head) as u32) {
                Some(char) => self.encoder.str(char.encode_utf8(&mut [0; 4])),
                None => return self.malformed("a char", format!("{:#x}", little_endian(head)), head),
            },
            Kind::Int { signed, nonzero, .. } => self.int(*signed, *nonzero, head)?,
            Kind::Float { bits: 32 } => self.encoder.single(f32::from_bits(little_endian(head) as u32)),
            Kind::Float { .. } => self.encoder.float(f64::from_bits(little_endian(head) as u64)),
            Kind::Seconds { signed } => self.seconds(*signed, head)?,
            Kind::Str => {
                let text = self.text(head)?;
                self.encoder.str(text);
            }
            Kind::Optional(of) => self.optional(*of, head)?,
            Kind::List(of) => self.list(*of, head)?,
            Kind::Set(of) => {
                let count = self.length(head)?;
                self.elements(Group::Set(count), *of, count)?;
            }
            Kind::Map(key, value) => self.map(*key, *value, head)?,
            Kind::Array(of, len) => self.array(*of, *len, head)?,
            Kind::Tuple(items) => {
                self.encoder.begin(Group::Tuple(items.len()));
                let mut head = head;
                for (at, &item) in items.iter().enumerate() {
                    let part = self.cut(&mut head, self.nodes.get(item).head)?;
                    self.link(item, part).map_err(|error| error.within(&format!("{at}")))?;
                }
                self.encoder.end();
            }
            Kind::Boxed(of) => {
                let size = self.nodes.get(*of).head;
                let run = self.run(1, size)?;
                self.filler(run, size)?;
                self.link(*of, &run[..size])?;
            }
            Kind::Known(known) => self.known(*known, head)?,
            Kind::Serde => {
                let count = self.length(head)?;
                let run = self.run(count, 1)?;
                self.encoder.bytes(run);
            }
            Kind::Raw(raw) => self.raw(raw, head)?,
            Kind::Grid(of, dimensions) => self.grid(*of, *dimensions, head)?,
            Kind::Object(object) => self.object(object, head)?,
            Kind::Enum(of) => self.enumeration(of, head)?,
            #[cfg(feature = "pyo3")]
            Kind::Handle(handle) => {
                let place = little_endian(head) as u64;
                if !(handle.accepts)(place) {
                    return Err(self.at(Error::new(ErrorKind::Malformed, (handle.class)(), "another object"), head));
                }
                self.encoder.handle(place);
            }
            // These stand only inside raw arrays, which are handed over whole.
            Kind::Record(_) | Kind::Opaque { .. } => self.encoder.bytes(head),
        }
        Ok(())
    }

    /// The byte that stands for an empty head is zero.
    fn filler(&self, run: &'a [u8], head: usize) -> Result<()> {
        match run.iter().position(|&byte| head == 0 && byte != 0) {
            Some(at) => self.malformed("a zero for an empty head", run[at], &run[at..]),
            None => Ok(()),
        }
    }

    fn optional(&mut self, of: Link, head: &'a [u8]) -> Result<()> {
        let inner = self.nodes.get(of);
        let (tag, inline) = head.split_at(1);
        match tag[0] {
            0 => self.encoder.none(),
            1 => {
                let wrapped = can_be_none(self.nodes, inner);
                if wrapped {
                    self.encoder.begin(Group::Tuple(1));
                }
                let place = if option_is_inline(inner.head) { inline } else { self.run(1, inner.head)? };
                self.node(inner, &place[..inner.head])?;
                if wrapped {
                    self.encoder.end();
                }
            }
            other => return self.malformed("an optional value (0 or 1)", other, tag),
        }
        Ok(())
    }

    fn list(&mut self, of: Link, head: &'a [u8]) -> Result<()> {
        let count = self.length(head)?;
        if is_byte(self.nodes.get(of)) {
            let run = self.run(count, 1)?;
            self.encoder.bytes(run);
            return Ok(());
        }
        self.elements(Group::List(count), of, count)
    }

    /// A run of heads, and what stands behind them.
    fn elements(&mut self, group: Group<'_>, of: Link, count: usize) -> Result<()> {
        let size = self.nodes.get(of).head;
        let run = self.run(count, size)?;
        self.filler(run, size)?;
        self.encoder.begin(group);
        for (at, head) in run.chunks_exact(stride(size)).enumerate() {
            self.link(of, &head[..size]).map_err(|error| error.within(&index(at)))?;
        }
        self.encoder.end();
        Ok(())
    }

    fn map(&mut self, key: Link, value: Link, head: &'a [u8]) -> Result<()> {
        let (key_size, value_size) = (self.nodes.get(key).head, self.nodes.get(value).head);
        let count = self.length(head)?;
        let size = key_size.saturating_add(value_size);
        let run = self.run(count, size)?;
        self.filler(run, size)?;
        self.encoder.begin(Group::Dict(count));
        for (at, head) in run.chunks_exact(stride(size)).enumerate() {
            let within = |error: Error| error.within(&index(at));
            self.link(key, &head[..key_size]).map_err(within)?;
            self.link(value, &head[key_size..size]).map_err(within)?;
        }
        self.encoder.end();
        Ok(())
    }

    fn array(&mut self, of: Link, len: u64, head: &'a [u8]) -> Result<()> {
        if is_byte(self.nodes.get(of)) {
            self.encoder.bytes(head);
            return Ok(());
        }
        let size = self.nodes.get(of).head;
        // The head was computed as so many times the element's; a length beyond `usize` has empty elements, which
        // run out of those that are free.
        let len = usize::try_from(len).unwrap_or(usize::MAX);
        self.encoder.begin(Group::List(len));
        let mut head = head;
        for at in 0..len {
            let part = self.cut(&mut head, size)?;
            self.link(of, part).map_err(|error| error.within(&index(at)))?;
        }
        self.encoder.end();
        Ok(())
    }

    fn object(&mut self, object: &Object, head: &'a [u8]) -> Result<()> {
        let slots = count_slots(self.nodes, object);
        self.encoder.begin(Group::Object { tag: &object.name, slots });
        self.state_of(object, head)?;
        self.encoder.end();
        Ok(())
    }

    /// The flat state: the parent's, then the own slots.
    pub fn state_of(&mut self, object: &Object, mut head: &'a [u8]) -> Result<()> {
        let mut own = &*object.slots;
        if let (true, [parent, rest @ ..]) = (object.has_parent, own) {
            let schema = self.nodes.get(parent.ty);
            let part = self.cut(&mut head, schema.head)?;
            let Kind::Object(parent_object) = &schema.kind else {
                return self.malformed("a parent that is an object", "another type", part);
            };
            self.state_of(parent_object, part).map_err(|error| error.within(&parent.name))?;
            own = rest;
        }
        self.slots(own, head)
    }

    fn slots(&mut self, slots: &[Slot], mut head: &'a [u8]) -> Result<()> {
        for slot in slots {
            let part = self.cut(&mut head, self.nodes.get(slot.ty).head)?;
            self.encoder.slot(&slot.name);
            self.link(slot.ty, part).map_err(|error| error.within(&slot.name))?;
        }
        Ok(())
    }
}

/// A number of up to 16 bytes.
pub(super) fn little_endian(bytes: &[u8]) -> u128 {
    bytes.iter().rev().fold(0, |value, &byte| value << 8 | u128::from(byte))
}

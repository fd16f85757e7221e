//! Reads an image into an encoder. This trusts neither the bytes nor, if they come from a file, the schema, and does
//! not recurse.

mod arrays;
mod leaves;
mod numbered;
mod open;
mod sought;
mod variants;

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use self::open::{Next, Open, Parts};
use self::sought::Sought;
pub(crate) use self::sought::{FoundPart, Seek};
use super::form::{Wrap, count_slots, parts_without_bytes, wrap};
use super::raws::Raws;
use super::{Encoder, Group};
use crate::array::Elements;
use crate::error::{Error, ErrorKind, Result};
use crate::places::Table;
use crate::protocol::decode::{Regions, read_length};
use crate::protocol::encode::too_deep;
use crate::protocol::layout::{option_is_inline, stride};
use crate::protocol::text::Text;
use crate::schema::{Kind, Link, Nodes, Object, Schema, root_name_in};
use crate::sharing::walked::{Met, Objects};

/// How many nested parts each level of depth allows. Images of types that pass their own check have fewer; those from a
/// file are held to this limit.
const PARTS: u32 = 16;

/// Nested parts that are allowed in addition, for those of the root outside all levels.
const FREE: u32 = 256;

/// How many groups at each end of a path are named.
const SHOWN: usize = 16;

/// The number of parts without bytes that are allowed in all, in addition to 16 for each byte: with the schema of a
/// type of this program, and with one that came with the bytes.
const OWN: usize = 1 << 24;
const CARRIED: usize = 1 << 20;

pub(crate) struct Read<'a, 'e, E: ?Sized> {
    nodes: &'a Nodes,
    /// The regions from where the walk began.
    whole: Regions<'a>,
    tail: &'a [u8],
    text: Text<'a>,
    raw: Raws<'a>,
    /// The address of the first byte, from which offsets in errors are counted.
    start: usize,
    /// How many more parts without bytes are allowed, if limited: a schema could demand any number of them.
    free: Option<usize>,
    /// The groups around the part that is read, the innermost last.
    open: Vec<Open<'a>>,
    /// The numbers of references, where they are numbered.
    met: Option<Met>,
    /// Where numbered objects begin, if that was requested.
    objects: Option<Objects<'a>>,
    /// Whether the record of the next pointer was already read.
    behind: bool,
    /// The numbered objects whose paths are requested, and the paths.
    wanted: Option<Table<String>>,
    /// The part to look for.
    sought: Option<Sought<'a>>,
    encoder: &'e mut E,
}

/// A walk that is compiled once for all encoders: most of them are for errors and for people.
pub(crate) type Scan<'a, 'e> = Read<'a, 'e, dyn Encoder + 'e>;

impl<'a, 'e, E: Encoder + ?Sized> Read<'a, 'e, E> {
    pub fn new(nodes: &'a Nodes, regions: &Regions<'a>, bytes: &[u8], encoder: &'e mut E) -> Self {
        let Regions { tail, text, raw, .. } = *regions;
        Self {
            nodes,
            whole: *regions,
            tail,
            text,
            raw: Raws::whole(raw),
            start: bytes.as_ptr() as usize,
            free: Some(16 * bytes.len() + if nodes.0.is_empty() { OWN } else { CARRIED }),
            open: Vec::new(),
            met: regions.numbered.map(|_| Met::default()),
            objects: None,
            behind: false,
            wanted: None,
            sought: None,
            encoder,
        }
    }
}

impl<'a, E: Encoder + ?Sized> Read<'a, '_, E> {
    /// Removes the limit on parts that occupy no bytes.
    pub fn unlimited(mut self) -> Self {
        self.free = None;
        self
    }

    /// Prepares to read a part of an image whose numbers were already checked.
    pub fn inner(mut self) -> Self {
        self.met = self.met.map(|_| Met::trusting());
        self
    }

    /// Prepares to read the value of a pointer whose record was already read.
    pub fn behind(mut self) -> Self {
        self.behind = true;
        self.inner()
    }

    /// Walks one part of an image. Returns how many bytes of tail, text and raw follow it.
    pub fn part(mut self, schema: &'a Schema, head: &'a [u8], levels: u32) -> Result<[usize; 3]> {
        self.node(schema, head, depth(levels)).and_then(|()| self.walk()).map_err(|error| self.within(error))?;
        Ok([self.tail.len(), self.text.as_bytes().len(), self.raw.rest().len()])
    }

    /// Walks a whole image of at most `levels` levels. Bytes that are left over at the end are damage too.
    pub fn root(mut self, schema: &'a Schema, head: &'a [u8], levels: u32) -> Result<()> {
        self.whole(schema, head, levels)
    }

    fn whole(&mut self, schema: &'a Schema, head: &'a [u8], levels: u32) -> Result<()> {
        let name = root_name_in(self.nodes, schema);
        let depth = depth(levels);
        let walked = self.node(schema, head, depth).and_then(|()| self.walk());
        walked.map_err(|error| self.within(error).within(name))?;
        let left = |part: &'static str, rest: &[u8]| {
            Err(self.at(Error::new(ErrorKind::Length, "the end of the state", part), rest).within(name))
        };
        match (self.tail, self.text.as_bytes(), self.raw.rest()) {
            (rest @ [_, ..], _, _) => left("more heads", rest),
            (_, rest @ [_, ..], _) => left("more text", rest),
            (_, _, rest @ [_, ..]) => left("more raw bytes", rest),
            _ if self.met.as_ref().is_some_and(|met| !met.is_complete()) => {
                let expected = "as many objects as weak references lead to";
                Err(Error::new(ErrorKind::Malformed, expected, "fewer").within(name))
            }
            _ => Ok(()),
        }
    }

    /// Replaces the raw region.
    #[cfg(feature = "pyo3")]
    pub(in crate::walk) fn with_raws(mut self, raw: Raws<'a>) -> Self {
        self.raw = raw;
        self
    }

    /// Walks an object's flat state without the group around it, or the whole value if it is not an object.
    #[cfg(feature = "pyo3")]
    pub fn state(mut self, schema: &'a Schema, head: &'a [u8], levels: u32) -> Result<()> {
        let depth = depth(levels);
        let begun = match &schema.kind {
            Kind::Object(object) => self.state_of(object, head, false, depth),
            _ => self.node(schema, head, depth),
        };
        let walked = begun.and_then(|()| self.walk());
        walked.map_err(|error| self.within(error).within(root_name_in(self.nodes, schema)))
    }

    /// Reads the rest of the open groups.
    fn walk(&mut self) -> Result<()> {
        while let Some(open) = self.open.last_mut() {
            let depth = open.depth;
            match open.next(self.nodes) {
                Next::Part(schema, head) => self.node(schema, head, depth)?,
                Next::Slot(name, schema, head) => {
                    self.encoder.slot(name);
                    self.node(schema, head, depth)?;
                }
                Next::Key(schema, head) => {
                    open.note([self.tail.len(), self.text.as_bytes().len()]);
                    self.node(schema, head, depth)?;
                }
                Next::Short(head) => return self.malformed("a head that holds its parts", "a shorter one", head),
                Next::End => {
                    if open.shown {
                        self.encoder.end();
                    }
                    self.open.pop();
                }
            }
        }
        Ok(())
    }

    /// Opens a group whose beginning was passed to the encoder.
    fn open(&mut self, parts: Parts<'a>, depth: u32) {
        self.open.push(Open { parts, begun: 0, name: "", shown: true, depth });
    }

    /// Adds the path to the part that is being read to an error; only both ends of a long path.
    #[cold]
    fn within(&self, error: Error) -> Error {
        let path = |error, open: &[Open<'a>]| {
            open.iter().rev().fold(error, |error, open| open.within(error, self.nodes, &self.whole))
        };
        let (outer, inner) = self.open.split_at(self.open.len().min(SHOWN));
        let (between, inner) = inner.split_at(inner.len().saturating_sub(SHOWN));
        let error = path(error, inner);
        let error = if between.is_empty() { error } else { error.within(&format!("({} more)", between.len())) };
        path(error, outer)
    }

    fn at(&self, error: Error, place: &[u8]) -> Error {
        error.at_byte((place.as_ptr() as usize).wrapping_sub(self.start))
    }

    fn malformed<T>(&self, expected: &'static str, found: impl fmt::Display, place: &[u8]) -> Result<T> {
        Err(self.at(Error::new(ErrorKind::Malformed, expected, found.to_string()), place))
    }

    fn run(&mut self, count: usize, head: usize) -> Result<&'a [u8]> {
        let run = count.checked_mul(stride(head)).and_then(|len| self.tail.split_at_checked(len));
        match run {
            Some((run, rest)) => {
                self.tail = rest;
                Ok(run)
            }
            None => {
                let error =
                    Error::new(ErrorKind::Malformed, so_many(count, head), format!("{} bytes left", self.tail.len()));
                Err(self.at(error, self.tail))
            }
        }
    }

    /// Reads the length in a head. The long form is valid only for lengths that need it.
    fn length(&mut self, head: &[u8]) -> Result<usize> {
        match read_length(head, &mut self.tail) {
            Some(length) => Ok(length),
            None => match self.tail.first_chunk().map(|long| u64::from_le_bytes(*long)) {
                Some(long) if usize::try_from(long).is_err() => {
                    self.malformed("a length that memory could hold", long, head)
                }
                _ => self.malformed("a length", "none in its shortest form", head),
            },
        }
    }

    /// Reads a value without parts, or opens one with parts.
    fn node(&mut self, mut schema: &'a Schema, mut head: &'a [u8], mut depth: u32) -> Result<()> {
        loop {
            if self.sought.is_some() && self.is_sought(schema, head) {
                return self.malformed("", "", head);
            }
            // A box occupies at least a byte of the tail.
            if head.is_empty() && !matches!(schema.kind, Kind::Boxed(_)) {
                self.take_free(1)?;
            }
            depth = depth.checked_sub(1).ok_or_else(|| self.at(too_deep(None), head))?;
            if self.met.is_some() && !core::mem::take(&mut self.behind) && !self.pointer(schema, head)? {
                return Ok(());
            }
            // A value with a single part continues with that part.
            let inner = match &schema.kind {
                Kind::Optional(of) => self.optional(*of, head, depth)?,
                Kind::Boxed(of) => Some(self.boxed(*of)?),
                _ => return self.kind(&schema.kind, head, depth),
            };
            let Some(inner) = inner else { return Ok(()) };
            (schema, head) = inner;
        }
    }

    /// Counts parts that occupy no bytes.
    fn take_free(&mut self, parts: usize) -> Result<()> {
        if let Some(free) = &mut self.free {
            let Some(left) = free.checked_sub(parts) else {
                return self.malformed(
                    "no more parts without bytes than an image of this length may have",
                    "more",
                    self.tail,
                );
            };
            *free = left;
        }
        Ok(())
    }

    fn kind(&mut self, kind: &'a Kind, head: &'a [u8], depth: u32) -> Result<()> {
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
            Kind::List(of) => self.list(*of, head, depth)?,
            Kind::Set(of) => {
                let count = self.length(head)?;
                self.elements(Group::Set(count), *of, count, depth)?;
            }
            Kind::Map(key, value) => self.map(*key, *value, head, depth)?,
            Kind::Array(of, len) => self.array(*of, *len, head, depth)?,
            Kind::Tuple(items) => {
                self.encoder.begin(Group::Tuple(items.len()));
                self.open(Parts::Tuple { items, head }, depth);
            }
            Kind::Known(known) => self.known(*known, head)?,
            Kind::Serde => {
                let count = self.length(head)?;
                let run = self.run(count, 1)?;
                self.encoder.serde(run);
            }
            Kind::Raw(raw) => self.raw(raw, head)?,
            Kind::Grid(of, dimensions) => self.grid(*of, *dimensions, head)?,
            Kind::Object(object) => self.object(object, head, depth)?,
            Kind::Enum(of) => self.enumeration(of, head, depth)?,
            Kind::Open(open) => self.open_member(open, head, depth)?,
            #[cfg(feature = "pyo3")]
            Kind::Handle(handle) => {
                let place = little_endian(head) as u64;
                if !(handle.accepts)(place) {
                    return Err(self.at(Error::new(ErrorKind::Malformed, (handle.class)(), "another object"), head));
                }
                self.encoder.handle(place);
            }
            // Records occur only inside raw arrays, which are passed whole; the others were handled before.
            Kind::Record(_) | Kind::Opaque { .. } | Kind::Optional(_) | Kind::Boxed(_) | Kind::Weak(_) => {
                self.encoder.bytes(head);
            }
        }
        Ok(())
    }

    /// Checks that the byte that stands for an empty head is zero.
    fn filler(&self, run: &'a [u8], head: usize) -> Result<()> {
        match run.iter().position(|&byte| head == 0 && byte != 0) {
            Some(at) => self.malformed("a zero for an empty head", run[at], &run[at..]),
            None => Ok(()),
        }
    }

    /// Returns the value of an optional, if it has one.
    fn optional(&mut self, of: Link, head: &'a [u8], depth: u32) -> Result<Option<(&'a Schema, &'a [u8])>> {
        let inner = self.nodes.get(of);
        let (tag, inline) = head.split_at(1);
        match tag[0] {
            0 => {
                self.encoder.none();
                Ok(None)
            }
            1 => {
                let place = if option_is_inline(inner.head) { inline } else { self.run(1, inner.head)? };
                let is_wrapped = match wrap(self.nodes, inner) {
                    Wrap::Never => false,
                    Wrap::Gone => place.first() == Some(&0),
                    Wrap::Always => true,
                };
                if is_wrapped {
                    self.encoder.begin(Group::Tuple(1));
                    self.open(Parts::One, depth);
                }
                Ok(Some((inner, &place[..inner.head])))
            }
            other => self.malformed("an optional value (0 or 1)", other, tag),
        }
    }

    fn boxed(&mut self, of: Link) -> Result<(&'a Schema, &'a [u8])> {
        let inner = self.nodes.get(of);
        let run = self.run(1, inner.head)?;
        self.filler(run, inner.head)?;
        Ok((inner, &run[..inner.head]))
    }

    /// Whether elements are passed as bytes: not if one of them may be the part that is looked for.
    fn is_bytes(&self, of: &Schema) -> bool {
        of.is_byte() && !matches!(self.sought, Some(Sought::Location(..)))
    }

    fn list(&mut self, of: Link, head: &'a [u8], depth: u32) -> Result<()> {
        let count = self.length(head)?;
        if self.is_bytes(self.nodes.get(of)) {
            let run = self.run(count, 1)?;
            self.encoder.bytes(run);
            return Ok(());
        }
        self.elements(Group::List(count), of, count, depth)
    }

    /// Opens a run of heads.
    fn elements(&mut self, group: Group<'_>, of: Link, count: usize, depth: u32) -> Result<()> {
        let of = self.nodes.get(of);
        let run = self.run(count, of.head)?;
        self.filler(run, of.head)?;
        self.encoder.begin(group);
        self.open(Parts::Elements { of, heads: run.chunks_exact(stride(of.head)) }, depth);
        Ok(())
    }

    fn map(&mut self, key: Link, value: Link, head: &'a [u8], depth: u32) -> Result<()> {
        let of = [self.nodes.get(key), self.nodes.get(value)];
        let count = self.length(head)?;
        let size = of[0].head.saturating_add(of[1].head);
        let run = self.run(count, size)?;
        self.filler(run, size)?;
        self.encoder.begin(Group::Dict(count));
        self.open(Parts::Entries { of, heads: run, left: [0; 2] }, depth);
        Ok(())
    }

    fn array(&mut self, of: Link, len: u64, head: &'a [u8], depth: u32) -> Result<()> {
        let of = self.nodes.get(of);
        if self.is_bytes(of) {
            self.encoder.bytes(head);
            return Ok(());
        }
        if matches!(of.kind, Kind::Int { nonzero: false, .. } | Kind::Float { .. })
            && self.sought.is_none()
            && self.encoder.row(Elements { schema: of, nodes: self.nodes }, head)
        {
            return Ok(());
        }
        // The head's size is `len` times that of the element; a length beyond `usize` has empty elements, which exceed
        // the limit on parts without bytes.
        let mut len = usize::try_from(len).unwrap_or(usize::MAX);
        self.encoder.begin(Group::List(len));
        if let Some(parts) = parts_without_bytes(self.nodes, of) {
            let shown = self.encoder.alike(len).min(len);
            self.take_free((len - shown).saturating_mul(parts))?;
            len = shown;
        }
        self.open(Parts::Array { of, len, head }, depth);
        Ok(())
    }

    fn object(&mut self, object: &'a Object, head: &'a [u8], depth: u32) -> Result<()> {
        let slots = count_slots(self.nodes, object);
        self.encoder.begin(Group::Object { tag: &object.name, slots });
        self.state_of(object, head, true, depth)
    }

    /// Opens the flat state: the parent's slots, then the own slots. So the slots of the topmost parent are opened
    /// last.
    fn state_of(&mut self, mut object: &'a Object, mut head: &'a [u8], mut shown: bool, depth: u32) -> Result<()> {
        let mut name = "";
        while let (true, [parent, own @ ..]) = (object.has_parent, &*object.slots) {
            let schema = self.nodes.get(parent.ty);
            let Some((part, rest)) = head.split_at_checked(schema.head) else {
                return self.malformed("a head that holds its parts", "a shorter one", head);
            };
            let Kind::Object(of) = &schema.kind else {
                return self.malformed("a parent that is an object", "another type", part);
            };
            self.open.push(Open { parts: Parts::Slots { slots: own, head: rest }, begun: 0, name, shown, depth });
            (object, head, name, shown) = (of, part, &parent.name, false);
        }
        self.open.push(Open { parts: Parts::Slots { slots: &object.slots, head }, begun: 0, name, shown, depth });
        Ok(())
    }
}

/// Describes a number of elements of a size.
pub(super) fn so_many(count: impl fmt::Display, size: usize) -> String {
    let count = count.to_string();
    let (s, bytes) = (if count == "1" { "" } else { "s" }, if size == 1 { "byte" } else { "bytes" });
    format!("{count} element{s} of {size} {bytes}")
}

/// Returns how many nested parts are allowed where `levels` levels are.
fn depth(levels: u32) -> u32 {
    levels.saturating_mul(PARTS).saturating_add(FREE)
}

/// Reads a number of up to 16 bytes.
pub(crate) fn little_endian(bytes: &[u8]) -> u128 {
    bytes.iter().rev().fold(0, |value, &byte| value << 8 | u128::from(byte))
}

//! From untrusted canonical bytes to a schema.

use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::collections::btree_map::Entry;
use alloc::string::String;
use alloc::vec::Vec;
use core::mem;

use super::super::carried::bit;
use super::super::heads::Heads;
use super::super::members::Members;
#[cfg(any(feature = "pickle", feature = "pyo3"))]
use super::HANDLE;
use super::{BACK, DOUBLE, FLOAT, INTS, NAMESAKE, OBJECT};
use crate::error::{Error, ErrorKind};
use crate::protocol::leb;
#[cfg(feature = "pyo3")]
use crate::schema::Handle;
use crate::schema::{
    Enum, EnumVariant, Evolution, Form, Kind, Link, Nodes, Object, Open, Raw, Record, RecordField, Schema, Sharing,
    Slot,
};
use crate::standard::Known;

/// The deepest nesting of nodes that is accepted.
const DEPTH: u32 = 128;

/// The longest name that is accepted: a name is repeated for each value that has it.
const NAME: usize = 255;

/// Reads a schema: returns the table of its nodes, and the root's index in it.
///
/// # Errors
/// Bytes that are no schema, a type that contains itself without a list or box in between, or one of enormous size.
#[cfg(feature = "pyo3")]
pub(crate) fn parse(bytes: &[u8]) -> Result<(Nodes, usize), Error> {
    parse_some(bytes, bytes.len().saturating_add(1)).map(Option::unwrap_or_default)
}

/// As [`parse`]; returns `None` for a schema of more parts than `most`.
///
/// # Errors
/// As [`parse`].
pub(crate) fn parse_some(bytes: &[u8], most: usize) -> Result<Option<(Nodes, usize)>, Error> {
    parse_with(bytes, most, None)
}

fn parse_with(bytes: &[u8], most: usize, class: Option<&str>) -> Result<Option<(Nodes, usize)>, Error> {
    let mut reading = Reading { class, nodes: Vec::new(), count: 0, left: most, memory: usize::MAX };
    if !reading.measured(bytes, None)? {
        return Ok(None);
    }
    let root = reading.schema(bytes, None)?;
    Ok(Some((reading.finish()?, root)))
}

/// An upper bound on the memory for a part of a schema: a node, the slot or variant that it belongs to, and the
/// progress of computing its head.
const PART: usize = 256;

/// As [`parse`], for a class that Python pickled: its schema may contain Python objects.
#[cfg(feature = "pyo3")]
pub(crate) fn parse_class_within(schema: &[u8], class: &str, memory: usize) -> Result<(Nodes, usize), Error> {
    let most = schema.len().saturating_add(1).min(memory / PART);
    parse_with(schema, most, Some(class))?.ok_or_else(|| Error::beyond_memory("a schema", memory))
}

/// Reads several schemas into one table. Each is measured beforehand, so that memory is allocated once, and only as
/// much as needed.
pub(in crate::schema) struct Reading<'c> {
    /// The class whose pickle they come from, if any.
    class: Option<&'c str>,
    nodes: Vec<Schema>,
    /// The number of nodes in the schemas that were measured.
    count: usize,
    /// The number of parts that may still come.
    left: usize,
    /// The limit of memory that sets `left`, in bytes.
    memory: usize,
}

impl<'c> Reading<'c> {
    /// For schemas of `len` bytes in all, which may take at most `memory` bytes.
    pub fn within(len: usize, memory: usize, class: Option<&'c str>) -> Self {
        Self { class, nodes: Vec::new(), count: 0, left: len.saturating_add(1).min(memory / PART), memory }
    }

    /// Measures an untrusted schema, given the row that says which types are shared pointers.
    ///
    /// # Errors
    /// Bytes that are no schema, or take more memory than is left.
    pub fn measure(&mut self, bytes: &[u8], pointers: Option<&[u8]>) -> Result<(), Error> {
        let measured = self.measured(bytes, pointers)?;
        if measured { Ok(()) } else { Err(Error::beyond_memory("a schema", self.memory)) }
    }

    fn measured(&mut self, bytes: &[u8], pointers: Option<&[u8]>) -> Result<bool, Error> {
        let mut input = In::new(bytes, self.class, pointers);
        input.left = self.left;
        let parsed = input.node(DEPTH).filter(|_| input.at == input.bytes.len());
        self.left = input.left;
        self.count += input.count;
        match parsed {
            Some(_) => Ok(true),
            None if input.left == 0 => Ok(false),
            None => Err(none(input.at)),
        }
    }

    /// Reads a schema that was measured; returns the index of its root, which its other nodes follow.
    ///
    /// # Errors
    /// Bytes that are no schema.
    pub fn schema(&mut self, bytes: &[u8], pointers: Option<&[u8]>) -> Result<usize, Error> {
        let mut input = In::new(bytes, self.class, pointers);
        if self.nodes.is_empty() {
            // Nodes that turn out to be known already exist for a moment.
            self.nodes.reserve_exact(self.count + DEPTH as usize);
        }
        (input.count, input.left) = (self.nodes.len(), usize::MAX);
        input.nodes = Some(mem::take(&mut self.nodes));
        match input.node(DEPTH) {
            Some(Link::At(root)) => {
                self.nodes = input.nodes.unwrap_or_default();
                Ok(root)
            }
            _ => Err(none(input.at)),
        }
    }

    /// The nodes, after the sizes of their heads are computed.
    ///
    /// # Errors
    /// A type that contains itself without a list or box in between, or one of enormous size.
    pub fn finish(self) -> Result<Nodes, Error> {
        let Self { mut nodes, .. } = self;
        let mut heads = Heads::new(nodes.len());
        for index in 0..nodes.len() {
            let head = heads.of(&nodes, index).ok_or_else(|| {
                let found = "a schema of one that contains itself or is enormous";
                Error::new(ErrorKind::Malformed, "a type of finite size", found)
            })?;
            nodes[index].head = head;
        }
        Ok(Nodes(nodes, Members::NONE))
    }
}

#[cold]
fn none(at: usize) -> Error {
    Error::new(ErrorKind::Malformed, "a schema", "damaged bytes").at_byte(at)
}

/// Longer tuples are not deduplicated.
const SHORT: usize = 2;

/// What distinguishes types without a name, if it is short: the tag, whether the type is a shared pointer, a number,
/// and what it links to.
type Key = (u8, bool, u64, [usize; 2]);

struct In<'a> {
    /// The class whose pickle the schema comes from: it may contain Python objects, and abbreviations.
    class: Option<&'a str>,
    bytes: &'a [u8],
    at: usize,
    /// The nodes; `None` while they are only counted.
    nodes: Option<Vec<Schema>>,
    /// The number of nodes so far.
    count: usize,
    named: Vec<usize>,
    /// Types without names, of which equal ones share a node.
    known: BTreeMap<Key, usize>,
    /// A bit for each type that says whether it is a shared pointer, if that is known, and the number of types read so
    /// far.
    pointers: Option<&'a [u8]>,
    met: usize,
    /// How many more nodes may come, counting repeated ones.
    left: usize,
}

impl<'a> In<'a> {
    fn new(bytes: &'a [u8], class: Option<&'a str>, pointers: Option<&'a [u8]>) -> Self {
        let (named, known) = (Vec::new(), BTreeMap::new());
        Self { class, bytes, at: 0, nodes: None, count: 0, named, known, pointers, met: 0, left: 0 }
    }

    /// A list with space for parts, whose count is known.
    fn list<T>(&self, count: usize) -> Vec<T> {
        Vec::with_capacity(if self.nodes.is_some() { count } else { 0 })
    }

    /// Keeps a part, unless it is only counted.
    fn add<T>(&self, list: &mut Vec<T>, one: T) {
        if self.nodes.is_some() {
            list.push(one);
        }
    }

    fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    fn flags(&mut self, known: u8) -> Option<u8> {
        self.byte().filter(|byte| byte & !known == 0)
    }

    fn number(&mut self) -> Option<u64> {
        leb::read(|| self.byte())
    }

    fn size(&mut self) -> Option<usize> {
        usize::try_from(self.number()?).ok()
    }

    /// Reads a count of parts that take at least a byte each.
    fn count(&mut self) -> Option<usize> {
        self.size().filter(|&n| n <= self.bytes.len() - self.at)
    }

    fn name(&mut self) -> Option<Cow<'static, str>> {
        let len = self.size().filter(|&len| len <= NAME)?;
        let end = self.at.checked_add(len)?;
        let name = core::str::from_utf8(self.bytes.get(self.at..end)?).ok()?;
        self.at = end;
        Some(Cow::Owned(if self.nodes.is_some() { String::from(name) } else { String::new() }))
    }

    fn slots(&mut self, depth: u32) -> Option<Cow<'static, [Slot]>> {
        let count = self.count()?;
        let mut slots = self.list(count);
        for _ in 0..count {
            let (name, ty) = (self.name()?, self.node(depth)?);
            let (converts, refuses, held, sorted) = (false, false, false, false);
            let slot = Slot { name, ty, converts, refuses, sharing: Sharing::NO, held, sorted, default: None };
            self.add(&mut slots, slot);
        }
        Some(Cow::Owned(slots))
    }

    fn node(&mut self, depth: u32) -> Option<Link> {
        let depth = depth.checked_sub(1)?;
        let tag = self.byte()?;
        self.left = self.left.checked_sub(1)?;
        let is_pointer = self.pointers.is_some_and(|row| bit(row, self.met));
        self.met += 1;
        if tag == BACK {
            let index = self.size()?;
            return self.named.get(index).map(|&at| Link::At(at));
        }
        // The index is reserved first, so that a recursive type can refer to itself.
        let index = self.count;
        self.count += 1;
        if let Some(nodes) = &mut self.nodes {
            nodes.push(Schema::leaf(Kind::Unit, 0));
        }
        if matches!(tag, 15..=17) || (tag == NAMESAKE && self.class.is_some()) {
            self.named.push(index);
        }
        let mut size = 0;
        let kind = self.body(tag, depth, &mut size)?;
        if let Some(known) = key(&kind, is_pointer).and_then(|key| self.place(key, index)) {
            // What it links to was known too, so it is the last node.
            self.count = index;
            if let Some(nodes) = &mut self.nodes {
                nodes.truncate(index);
            }
            return Some(Link::At(known));
        }
        if let Some(place) = self.nodes.as_mut().and_then(|nodes| nodes.get_mut(index)) {
            *place = Schema::leaf(kind, size);
        }
        Some(Link::At(index))
    }

    /// The index of an equal earlier type; otherwise `None`, and this one is the first.
    fn place(&mut self, key: Key, index: usize) -> Option<usize> {
        match self.known.entry(key) {
            // If the equal type is inside this one, because a type contains itself, this one stays.
            Entry::Occupied(known) => Some(*known.get()).filter(|known| *known < index),
            Entry::Vacant(vacant) => {
                vacant.insert(index);
                None
            }
        }
    }

    fn body(&mut self, tag: u8, depth: u32, size: &mut usize) -> Option<Kind> {
        Some(match tag {
            0 => Kind::Unit,
            1 => Kind::Bool,
            2 => Kind::Char,
            3 => {
                let bits = self.byte().filter(|bits| matches!(bits, 8 | 16 | 32 | 64 | 128))?;
                let flags = self.flags(3)?;
                Kind::Int { bits, signed: flags & 1 != 0, nonzero: flags & 2 != 0 }
            }
            4 => Kind::Float { bits: self.byte().filter(|bits| matches!(bits, 32 | 64))? },
            5 => Kind::Str,
            6 => Kind::Seconds { signed: self.flags(1)? != 0 },
            7 => Kind::Optional(self.node(depth)?),
            8 => Kind::List(self.node(depth)?),
            9 => Kind::Set(self.node(depth)?),
            10 => Kind::Map(self.node(depth)?, self.node(depth)?),
            11 => {
                let len = self.number()?;
                Kind::Array(self.node(depth)?, len)
            }
            12 => {
                let count = self.count()?;
                let mut items = self.list(count);
                for _ in 0..count {
                    let item = self.node(depth)?;
                    // Short ones are distinguished even while nodes are only counted.
                    if self.nodes.is_some() || items.len() <= SHORT {
                        items.push(item);
                    }
                }
                Kind::Tuple(Cow::Owned(items))
            }
            13 => Kind::Boxed(self.node(depth)?),
            14 => self.raw(depth)?,
            OBJECT => {
                let name = self.name()?;
                self.object(name, depth)?
            }
            16 => self.enumeration(depth)?,
            17 => self.record(depth, size)?,
            18 => {
                *size = self.size()?;
                Kind::Opaque { size: *size as u64, big_endian: self.flags(1)? != 0 }
            }
            19 => Kind::Serde,
            20 => Kind::Known(Known::from_code(self.byte()?)?),
            21 => {
                let dimensions = match self.number()?.checked_sub(1) {
                    Some(count) => Some(u8::try_from(count).ok()?),
                    None => None,
                };
                Kind::Grid(self.node(depth)?, dimensions)
            }
            22 => Kind::Weak(self.node(depth)?),
            23 => Kind::Open(Open { name: self.name()?, known: None, evolution: None }),
            _ => self.of_class(tag, depth)?,
        })
    }

    fn object(&mut self, name: Cow<'static, str>, depth: u32) -> Option<Kind> {
        let has_parent = self.flags(1)? != 0;
        let slots = self.slots(depth)?;
        Some(Kind::Object(Object {
            name,
            has_parent,
            slots,
            refuses: false,
            skips: false,
            counted_first: false,
            sharing: Sharing::NO,
            form: Form::State,
            evolution: &Evolution::NONE,
        }))
    }

    /// What occurs only in pickles of classes.
    fn of_class(&mut self, tag: u8, depth: u32) -> Option<Kind> {
        let class = self.class?;
        match tag {
            NAMESAKE => self.object(Cow::Owned(String::from(class)), depth),
            INTS..FLOAT => {
                let (bits, signed) = (8 << ((tag - INTS) / 2), (tag - INTS) % 2 == 1);
                Some(Kind::Int { bits, signed, nonzero: false })
            }
            FLOAT => Some(Kind::Float { bits: 32 }),
            DOUBLE => Some(Kind::Float { bits: 64 }),
            #[cfg(feature = "pyo3")]
            HANDLE => Some(Kind::Handle(Handle::ANY)),
            // The pickle itself describes such an object completely.
            #[cfg(all(feature = "pickle", not(feature = "pyo3")))]
            HANDLE => Some(Kind::Unit),
            _ => None,
        }
    }

    fn raw(&mut self, depth: u32) -> Option<Kind> {
        let flags = self.flags(7)?;
        let exactly = if flags & 4 != 0 { Some(self.number()?) } else { None };
        let element = self.node(depth)?;
        let (optional, counted) = (flags & 1 != 0, flags & 2 != 0);
        Some(Kind::Raw(Raw { element, optional, counted, exactly, array: false }))
    }

    fn enumeration(&mut self, depth: u32) -> Option<Kind> {
        let name = self.name()?;
        let count = self.count()?;
        let mut variants = self.list(count);
        for _ in 0..count {
            self.left = self.left.checked_sub(1)?;
            let variant = EnumVariant { name: self.name()?, slots: self.slots(depth)?, value: None };
            self.add(&mut variants, variant);
        }
        Some(Kind::Enum(Enum {
            name,
            variants: Cow::Owned(variants),
            refuses: false,
            skips: false,
            counted_first: false,
            sharing: Sharing::NO,
            form: Form::State,
            evolution: &Evolution::NONE,
        }))
    }

    fn record(&mut self, depth: u32, size: &mut usize) -> Option<Kind> {
        let name = self.name()?;
        *size = self.size()?;
        let count = self.count()?;
        let mut fields = self.list(count);
        for _ in 0..count {
            let (name, offset) = (self.name()?, self.size()?);
            let field = RecordField { name, offset, ty: self.node(depth)?, default: None };
            self.add(&mut fields, field);
        }
        Some(Kind::Record(Record { name, fields: Cow::Owned(fields), evolution: &Evolution::NONE }))
    }
}

/// Returns `None` for long nodes, and for raw arrays, of which each has its own bit for whether it appears as an array.
fn key(kind: &Kind, is_pointer: bool) -> Option<Key> {
    let at = |link: &Link| match link {
        Link::At(at) => *at,
        Link::To(_) => usize::MAX,
    };
    let (number, links) = match kind {
        Kind::Tuple(items) if items.len() <= SHORT => {
            let item = |place| items.get(place).map_or(0, at);
            (items.len() as u64, [item(0), item(1)])
        }
        Kind::Unit | Kind::Bool | Kind::Char | Kind::Serde | Kind::Str => (0, [0, 0]),
        Kind::Int { bits, signed, nonzero } => {
            (u64::from(*bits) << 2 | u64::from(*signed) << 1 | u64::from(*nonzero), [0, 0])
        }
        Kind::Float { bits } => (u64::from(*bits), [0, 0]),
        Kind::Seconds { signed } => (u64::from(*signed), [0, 0]),
        Kind::Known(known) => (u64::from(known.code()), [0, 0]),
        Kind::Open(open) if open.name.is_empty() => (0, [0, 0]),
        Kind::Opaque { size, big_endian } => (*size, [usize::from(*big_endian), 0]),
        Kind::Optional(of) | Kind::List(of) | Kind::Set(of) | Kind::Boxed(of) | Kind::Weak(of) => (0, [at(of), 0]),
        Kind::Map(key, value) => (0, [at(key), at(value)]),
        Kind::Array(of, count) => (*count, [at(of), 0]),
        Kind::Grid(of, dimensions) => (dimensions.map_or(0, |count| 1 + u64::from(count)), [at(of), 0]),
        _ => return None,
    };
    Some((super::tag(kind), is_pointer, number, links))
}

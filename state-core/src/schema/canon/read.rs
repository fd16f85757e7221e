//! From canonical bytes, of which nothing is known, to a schema.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::mem;

use super::super::heads::Heads;
use super::super::members::Members;
#[cfg(feature = "pyo3")]
use super::HANDLE;
use super::{BACK, DOUBLE, FLOAT, INTS, NAMESAKE, OBJECT};
use crate::error::{Error, ErrorKind};
#[cfg(feature = "pyo3")]
use crate::schema::Handle;
use crate::schema::{
    Enum, EnumVariant, Evolution, Form, Kind, Link, Nodes, Object, Open, Raw, Record, RecordField, Schema, Sharing,
    Slot,
};
use crate::standard::Known;

/// Nodes deeper in one another than this are refused when they are read.
const DEPTH: u32 = 128;

/// Longer names are refused when they are read: a name is told again for each value that has it.
const NAME: usize = 255;

/// Reads a schema: the table of its nodes, and the root's place in it.
///
/// # Errors
/// Bytes that are no schema, a type that contains itself without a list or box between, or one of enormous size.
#[cfg(feature = "pyo3")]
pub(crate) fn parse(bytes: &[u8]) -> Result<(Nodes, usize), Error> {
    parse_some(bytes, bytes.len().saturating_add(1)).map(Option::unwrap_or_default)
}

/// Reads a schema: the table of its nodes, and the root's place in it. `None` for one of more parts than `most`: each
/// takes some 150 bytes.
///
/// # Errors
/// As [`parse`].
pub(crate) fn parse_some(bytes: &[u8], most: usize) -> Result<Option<(Nodes, usize)>, Error> {
    parse_with(bytes, most, None)
}

fn parse_with(bytes: &[u8], most: usize, class: Option<&str>) -> Result<Option<(Nodes, usize)>, Error> {
    let mut reading = Reading { nodes: Vec::new(), left: most, memory: usize::MAX };
    let Some(root) = reading.one(bytes, class)? else { return Ok(None) };
    Ok(Some((reading.finish()?, root)))
}

/// What a part of a schema takes at most: a node, the slot or variant that it belongs to, and how far it is computed.
const PART: usize = 256;

/// The same, of a class that Python pickled: objects of Python may be in it.
#[cfg(feature = "pyo3")]
pub(crate) fn parse_class_within(schema: &[u8], class: &str, memory: usize) -> Result<(Nodes, usize), Error> {
    let most = schema.len().saturating_add(1).min(memory / PART);
    parse_with(schema, most, Some(class))?.ok_or_else(|| Error::beyond_memory("a schema", memory))
}

/// Schemas that are read into one table, one after the other.
pub(in crate::schema) struct Reading {
    nodes: Vec<Schema>,
    /// How many more nodes may come.
    left: usize,
    /// What sets that, in bytes.
    memory: usize,
}

impl Reading {
    /// Of so many bytes in all, which come to no more than so many in memory.
    pub fn within(len: usize, memory: usize) -> Self {
        Self { nodes: Vec::new(), left: len.saturating_add(1).min(memory / PART), memory }
    }

    /// Reads a schema; the place of its root, behind which its other nodes follow.
    ///
    /// # Errors
    /// Bytes that are no schema, or take more memory than is left.
    pub fn schema(&mut self, bytes: &[u8]) -> Result<usize, Error> {
        let memory = self.memory;
        self.one(bytes, None)?.ok_or_else(|| Error::beyond_memory("a schema", memory))
    }

    fn one(&mut self, bytes: &[u8], class: Option<&str>) -> Result<Option<usize>, Error> {
        let mut input =
            In { bytes, at: 0, nodes: mem::take(&mut self.nodes), named: Vec::new(), left: self.left, class };
        let parsed = input.node(DEPTH).filter(|_| input.at == bytes.len());
        self.left = input.left;
        let Some(Link::At(root)) = parsed else {
            if input.left == 0 {
                return Ok(None);
            }
            return Err(Error::new(ErrorKind::Malformed, "a schema", "bytes that are none").at_byte(input.at));
        };
        self.nodes = input.nodes;
        Ok(Some(root))
    }

    /// The nodes, once it is known how long their heads are.
    ///
    /// # Errors
    /// A type that contains itself without a list or box between, or one of enormous size.
    pub fn finish(self) -> Result<Nodes, Error> {
        let Self { mut nodes, .. } = self;
        let mut heads = Heads::new(nodes.len());
        for index in 0..nodes.len() {
            let head = heads.of(&nodes, index).ok_or_else(|| {
                Error::new(ErrorKind::Malformed, "a type of finite size", "a schema of one that contains itself")
            })?;
            nodes[index].head = head;
        }
        Ok(Nodes(nodes, Members::NONE))
    }
}

/// Puts one more at the end. Memory grows by a quarter, so that there is never much more of it than is used.
fn add<T>(list: &mut Vec<T>, one: T) {
    if list.len() == list.capacity() {
        list.reserve_exact(list.len() / 4 + 1);
    }
    list.push(one);
}

struct In<'a> {
    /// The class whose pickle it comes from: objects of Python may be in it, and words in brief.
    class: Option<&'a str>,
    bytes: &'a [u8],
    at: usize,
    nodes: Vec<Schema>,
    named: Vec<usize>,
    /// How many more nodes, back references among them, may come.
    left: usize,
}

impl In<'_> {
    fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    fn flags(&mut self, known: u8) -> Option<u8> {
        self.byte().filter(|byte| byte & !known == 0)
    }

    fn number(&mut self) -> Option<u64> {
        let mut n = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let part = u64::from(byte & 0x7F);
            n |= part << shift;
            if byte & 0x80 == 0 {
                return (part << shift >> shift == part).then_some(n);
            }
        }
        None
    }

    fn size(&mut self) -> Option<usize> {
        usize::try_from(self.number()?).ok()
    }

    /// A count of parts that take at least a byte each.
    fn count(&mut self) -> Option<usize> {
        self.size().filter(|&n| n <= self.bytes.len() - self.at)
    }

    fn name(&mut self) -> Option<Cow<'static, str>> {
        let len = self.size().filter(|&len| len <= NAME)?;
        let end = self.at.checked_add(len)?;
        let name = core::str::from_utf8(self.bytes.get(self.at..end)?).ok()?;
        self.at = end;
        Some(Cow::Owned(String::from(name)))
    }

    fn slots(&mut self, depth: u32) -> Option<Cow<'static, [Slot]>> {
        let count = self.count()?;
        let mut slots = Vec::new();
        for _ in 0..count {
            let name = self.name()?;
            let ty = self.node(depth)?;
            add(
                &mut slots,
                Slot {
                    name,
                    ty,
                    converts: false,
                    refuses: false,
                    sharing: Sharing::NO,
                    held: false,
                    sorted: false,
                    default: None,
                },
            );
        }
        Some(Cow::Owned(slots))
    }

    fn node(&mut self, depth: u32) -> Option<Link> {
        let depth = depth.checked_sub(1)?;
        let tag = self.byte()?;
        self.left = self.left.checked_sub(1)?;
        if tag == BACK {
            let index = self.size()?;
            return self.named.get(index).map(|&at| Link::At(at));
        }
        // The place is taken first, so that a recursive type can refer to itself.
        let index = self.nodes.len();
        add(&mut self.nodes, Schema::leaf(Kind::Unit, 0));
        if matches!(tag, 15..=17) || (tag == NAMESAKE && self.class.is_some()) {
            add(&mut self.named, index);
        }
        let mut size = 0;
        let kind = self.body(tag, depth, &mut size)?;
        self.nodes[index] = Schema::leaf(kind, size);
        Some(Link::At(index))
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
                let mut items = Vec::new();
                for _ in 0..count {
                    add(&mut items, self.node(depth)?);
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
            23 => Kind::Open(Open { name: self.name()?, known: None }),
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
            asks: false,
            sharing: Sharing::NO,
            form: Form::State,
            evolution: &Evolution::NONE,
        }))
    }

    /// What stands in the pickles of classes alone.
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
        let mut variants = Vec::new();
        for _ in 0..count {
            self.left = self.left.checked_sub(1)?;
            let name = self.name()?;
            add(&mut variants, EnumVariant { name, slots: self.slots(depth)?, value: None });
        }
        Some(Kind::Enum(Enum {
            name,
            variants: Cow::Owned(variants),
            refuses: false,
            skips: false,
            asks: false,
            sharing: Sharing::NO,
            form: Form::State,
            evolution: &Evolution::NONE,
        }))
    }

    fn record(&mut self, depth: u32, size: &mut usize) -> Option<Kind> {
        let name = self.name()?;
        *size = self.size()?;
        let count = self.count()?;
        let mut fields = Vec::new();
        for _ in 0..count {
            let name = self.name()?;
            let offset = self.size()?;
            add(&mut fields, RecordField { name, offset, ty: self.node(depth)?, default: None });
        }
        Some(Kind::Record(Record { name, fields: Cow::Owned(fields), evolution: &Evolution::NONE }))
    }
}

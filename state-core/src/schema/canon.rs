//! The canonical bytes of a schema: what the fingerprint hashes, and what a self-describing image carries.
//!
//! Nodes in depth-first order, a tag byte each and what belongs to it; numbers are LEB128, names are length and
//! UTF-8. A type with a name is written out where it is met first and is a back reference after that, so that
//! recursive types end and shared ones cost nothing.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use super::{
    Enum, EnumVariant, Evolution, Form, Kind, Link, Nodes, Object, Open, Raw, Record, RecordField, Schema, Sharing,
    Slot,
};
use crate::error::{Error, ErrorKind};
use crate::standard::Known;

/// Nodes deeper in one another than this are refused when they are read.
const DEPTH: u32 = 128;

/// Longer names are refused when they are read: a name is told again for each value that has it.
const NAME: usize = 255;

const OBJECT: u8 = 15;

/// In pickles of classes alone: an object of the name of the class, and numbers.
const NAMESAKE: u8 = 0x1F;
const INTS: u8 = 0x20;
const FLOAT: u8 = 0x2A;
const DOUBLE: u8 = 0x2B;

const BACK: u8 = 0xFF;

#[cfg(feature = "pyo3")]
const HANDLE: u8 = 0xFE;

/// Writes `root` and all that it links to.
pub(crate) fn write_canonical(root: &'static Schema) -> Vec<u8> {
    write(root, false)
}

/// A schema as bytes carry it: the canonical bytes, and which of its raw arrays show as arrays.
///
/// That is no part of the canonical bytes, as a type is the same however its arrays show. Where any does, there stands in
/// front of them the number of bytes of a row of bits, and the bits: one for each raw array, in the order of the schema,
/// lowest first.
pub(crate) struct Carried {
    pub bytes: Vec<u8>,
    /// Whether a row of bits says which raw arrays show as arrays.
    pub arrays: bool,
    /// Whether one says which types are shared pointers, which the header of a stream repeats.
    #[cfg_attr(not(feature = "std"), allow(dead_code))]
    pub numbered: bool,
}

impl Carried {
    /// In front of the canonical bytes stands, if references are `numbered`, which types are shared pointers.
    pub fn of(root: &'static Schema, numbered: bool) -> Self {
        let mut out = Out::new(false);
        out.node(root);
        let arrays = out.arrays.contains(&true);
        let mut bytes = Vec::new();
        if arrays {
            write_row(&out.arrays, &mut bytes);
        }
        if numbered {
            write_row(&out.shared, &mut bytes);
        }
        bytes.extend_from_slice(&out.bytes);
        Self { bytes, arrays, numbered }
    }

    /// A schema behind what stands in front of it, of which the pointers are left out unless references are `numbered`.
    pub fn joined(rows: &Rows<'_>, canonical: &[u8], numbered: bool) -> Self {
        let arrays = (!rows.arrays.is_empty()).then_some(&rows.arrays);
        let pointers = rows.pointers.as_ref().filter(|_| numbered);
        let mut bytes = Vec::new();
        for row in arrays.into_iter().chain(pointers) {
            bytes.extend_from_slice(&(row.len() as u32).to_le_bytes());
            bytes.extend_from_slice(row);
        }
        bytes.extend_from_slice(canonical);
        Self { bytes, arrays: arrays.is_some(), numbered: pointers.is_some() }
    }

    /// What stands in front, and the canonical bytes.
    pub fn divide(bytes: &[u8], arrays: bool, numbered: bool) -> Option<(Rows<'_>, &[u8])> {
        let (arrays, bytes) = if arrays { read_row(bytes)? } else { (&[][..], bytes) };
        let (pointers, bytes) = match numbered {
            true => read_row(bytes).map(|(row, bytes)| (Some(Cow::Borrowed(row)), bytes))?,
            false => (None, bytes),
        };
        Some((Rows { arrays: Cow::Borrowed(arrays), pointers }, bytes))
    }
}

/// What stands in front of the canonical bytes of a schema.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rows<'a> {
    /// A bit for each raw array: whether it shows as one. Empty where none does.
    pub arrays: Cow<'a, [u8]>,
    /// A bit for each node: whether it is a shared pointer. Nothing where that is not said.
    pub pointers: Option<Cow<'a, [u8]>>,
}

impl Rows<'_> {
    pub fn into_owned(self) -> Rows<'static> {
        let owned = |row: Cow<'_, [u8]>| Cow::Owned(row.into_owned());
        Rows { arrays: owned(self.arrays), pointers: self.pointers.map(owned) }
    }
}

/// The number of bytes, and a bit for each, the lowest of a byte first.
fn write_row(bits: &[bool], bytes: &mut Vec<u8>) {
    let row = bits.chunks(8).map(|bits| bits.iter().rev().fold(0, |byte, &bit| byte << 1 | u8::from(bit)));
    bytes.extend_from_slice(&(bits.len().div_ceil(8) as u32).to_le_bytes());
    bytes.extend(row);
}

fn read_row(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    rest.split_at_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?)
}

/// A bit of a row.
pub(super) fn bit(row: &[u8], at: usize) -> bool {
    row.get(at / 8).is_some_and(|byte| byte >> (at % 8) & 1 == 1)
}

/// Whether a row has this many bits.
pub(super) fn is_row_of(row: &[u8], count: usize) -> bool {
    let beyond = row.last().is_some_and(|byte| count % 8 != 0 && byte >> (count % 8) != 0);
    row.len() == count.div_ceil(8) && !beyond
}

impl Nodes {
    /// Says of nodes what stands in front of the canonical bytes.
    ///
    /// # Errors
    /// Rows that are none of this schema.
    pub(crate) fn show(&mut self, root: usize, rows: &Rows<'_>) -> Result<(), Error> {
        if !rows.arrays.is_empty() {
            self.show_arrays(&rows.arrays)?;
        }
        rows.pointers.as_ref().map_or(Ok(()), |row| self.mark_pointers(root, row))
    }

    /// Says of the raw arrays which ones show as arrays, by the row of bits that was carried.
    ///
    /// # Errors
    /// A row of another length, or with other bits, than the schema has raw arrays that may.
    fn show_arrays(&mut self, row: &[u8]) -> Result<(), Error> {
        let (mut count, mut fits) = (0, true);
        for node in &mut self.0 {
            if let Kind::Raw(raw) = &mut node.kind {
                raw.array = bit(row, count);
                fits &= !(raw.array && raw.counted);
                count += 1;
            }
        }
        if !fits || !is_row_of(row, count) {
            return Err(Error::new(ErrorKind::Malformed, "a bit for each raw array of the schema", "others"));
        }
        Ok(())
    }
}

/// The same as a machine of the other byte order would write it: opaque structs are the only difference.
pub(crate) fn write_for_other_order(root: &'static Schema) -> Vec<u8> {
    write(root, true)
}

fn write(root: &'static Schema, other_order: bool) -> Vec<u8> {
    let mut out = Out::new(other_order);
    out.node(root);
    out.bytes
}

/// The schema of a class of Python as its pickles carry it: the canonical bytes, but that usual numbers are one byte each,
/// and the name of the class does not stand there once more where it is the type's.
#[cfg(feature = "pyo3")]
pub(crate) fn write_for_class(root: &'static Schema, class: &str) -> Vec<u8> {
    let mut out = Out { class: Some(class), ..Out::new(false) };
    out.node(root);
    out.bytes
}

/// The byte that stands for a usual number, or for an object of the name of the class, and whether it is a number.
fn brief(node: &Schema, class: &str) -> Option<(u8, bool)> {
    match &node.kind {
        Kind::Int { bits, signed, nonzero: false } => {
            Some((INTS + 2 * (bits / 8).trailing_zeros() as u8 + u8::from(*signed), true))
        }
        Kind::Float { bits } => Some((if *bits == 64 { DOUBLE } else { FLOAT }, true)),
        Kind::Object(object) if object.name == class => Some((NAMESAKE, false)),
        _ => None,
    }
}

/// The canonical bytes of an object of this name that has no slots.
#[cfg(feature = "pyo3")]
pub(crate) fn canonical_without_slots(name: &str) -> Vec<u8> {
    let mut out = Out { bytes: alloc::vec![OBJECT], ..Out::new(false) };
    out.name(name);
    out.bytes.extend([0, 0]);
    out.bytes
}

struct Out<'c> {
    /// The class whose pickle it is for, which is written in brief.
    class: Option<&'c str>,
    other_order: bool,
    bytes: Vec<u8>,
    named: Vec<&'static Schema>,
    /// Of each raw array, whether it shows as one.
    arrays: Vec<bool>,
    /// Of each node, also where it is met again, whether it is a shared pointer.
    shared: Vec<bool>,
}

impl Out<'_> {
    fn new(other_order: bool) -> Self {
        let (bytes, named, arrays, shared) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { other_order, bytes, named, arrays, shared, class: None }
    }

    fn number(&mut self, mut n: u64) {
        while n >= 0x80 {
            self.bytes.push(n as u8 | 0x80);
            n >>= 7;
        }
        self.bytes.push(n as u8);
    }

    fn name(&mut self, name: &str) {
        self.number(name.len() as u64);
        self.bytes.extend_from_slice(name.as_bytes());
    }

    fn link(&mut self, link: Link) {
        // Links into a table stand in schemas that were read, and those are never written.
        if let Link::To(schema) = link {
            self.node(schema());
        }
    }

    fn slots(&mut self, slots: &[Slot]) {
        self.number(slots.len() as u64);
        for slot in slots {
            self.name(&slot.name);
            self.link(slot.ty);
        }
    }

    fn node(&mut self, node: &'static Schema) {
        self.shared.push(node.shared.is_some() && !matches!(node.kind, Kind::Weak(_)));
        if node.tag().is_some() {
            if let Some(index) = self.named.iter().position(|seen| seen.same_type(node)) {
                self.bytes.push(BACK);
                return self.number(index as u64);
            }
            self.named.push(node);
        }
        match self.class.and_then(|class| brief(node, class)) {
            Some((byte, is_number)) => {
                self.bytes.push(byte);
                if let (Kind::Object(object), false) = (&node.kind, is_number) {
                    self.bytes.push(u8::from(object.has_parent));
                    self.slots(&object.slots);
                }
            }
            None => {
                self.bytes.push(tag(&node.kind));
                self.body(node);
            }
        }
    }

    fn body(&mut self, node: &Schema) {
        match &node.kind {
            Kind::Unit | Kind::Bool | Kind::Char | Kind::Str | Kind::Serde => {}
            Kind::Int { bits, signed, nonzero } => {
                self.bytes.extend([*bits, u8::from(*signed) | u8::from(*nonzero) << 1]);
            }
            Kind::Float { bits } => self.bytes.push(*bits),
            Kind::Known(known) => self.bytes.push(known.code()),
            Kind::Open(open) => self.name(&open.name),
            Kind::Seconds { signed } => self.bytes.push(u8::from(*signed)),
            Kind::Optional(of) | Kind::List(of) | Kind::Set(of) | Kind::Boxed(of) | Kind::Weak(of) => self.link(*of),
            Kind::Map(key, value) => {
                self.link(*key);
                self.link(*value);
            }
            Kind::Array(of, len) => {
                self.number(*len);
                self.link(*of);
            }
            Kind::Tuple(items) => {
                self.number(items.len() as u64);
                items.iter().for_each(|&item| self.link(item));
            }
            Kind::Raw(raw) => self.raw(raw),
            Kind::Grid(of, dimensions) => {
                self.number(dimensions.map_or(0, |count| 1 + u64::from(count)));
                self.link(*of);
            }
            Kind::Object(object) => {
                self.name(&object.name);
                self.bytes.push(u8::from(object.has_parent));
                self.slots(&object.slots);
            }
            Kind::Enum(of) => {
                self.name(&of.name);
                self.number(of.variants.len() as u64);
                for variant in &*of.variants {
                    self.name(&variant.name);
                    self.slots(&variant.slots);
                }
            }
            Kind::Record(record) => self.record(record, node.head),
            #[cfg(feature = "pyo3")]
            Kind::Handle(_) => {}
            Kind::Opaque { size, big_endian } => {
                self.number(*size);
                self.bytes.push(u8::from(*big_endian != self.other_order));
            }
        }
    }

    fn raw(&mut self, raw: &Raw) {
        self.arrays.push(raw.array);
        let exactly = u8::from(raw.exactly.is_some()) << 2;
        self.bytes.push(u8::from(raw.optional) | u8::from(raw.counted) << 1 | exactly);
        if let Some(count) = raw.exactly {
            self.number(count);
        }
        self.link(raw.element);
    }

    fn record(&mut self, record: &Record, size: usize) {
        self.name(&record.name);
        self.number(size as u64);
        self.number(record.fields.len() as u64);
        for field in &*record.fields {
            self.name(&field.name);
            self.number(field.offset as u64);
            self.link(field.ty);
        }
    }
}

pub(super) fn tag(kind: &Kind) -> u8 {
    match kind {
        Kind::Unit => 0,
        Kind::Bool => 1,
        Kind::Char => 2,
        Kind::Int { .. } => 3,
        Kind::Float { .. } => 4,
        Kind::Str => 5,
        Kind::Seconds { .. } => 6,
        Kind::Optional(_) => 7,
        Kind::List(_) => 8,
        Kind::Set(_) => 9,
        Kind::Map(..) => 10,
        Kind::Array(..) => 11,
        Kind::Tuple(_) => 12,
        Kind::Boxed(_) => 13,
        Kind::Raw(_) => 14,
        Kind::Object(_) => OBJECT,
        Kind::Enum(_) => 16,
        Kind::Record(_) => 17,
        Kind::Opaque { .. } => 18,
        Kind::Serde => 19,
        Kind::Known(_) => 20,
        Kind::Grid(..) => 21,
        Kind::Weak(_) => 22,
        Kind::Open(_) => 23,
        // No image with one leaves the process, so that no reader meets it.
        #[cfg(feature = "pyo3")]
        Kind::Handle(_) => HANDLE,
    }
}

/// Reads a schema: the table of its nodes, and the root's place in it.
///
/// # Errors
/// Bytes that are no schema, a type that contains itself without a list or box between, or one of enormous size.
pub(crate) fn parse(bytes: &[u8]) -> Result<(Nodes, usize), Error> {
    parse_some(bytes, bytes.len().saturating_add(1)).map(Option::unwrap_or_default)
}

/// The same, but `None` for a schema of more parts than `most`: each takes some 150 bytes.
///
/// # Errors
/// As [`parse`].
pub(crate) fn parse_some(bytes: &[u8], most: usize) -> Result<Option<(Nodes, usize)>, Error> {
    parse_with(bytes, most, None)
}

fn parse_with(bytes: &[u8], most: usize, class: Option<&str>) -> Result<Option<(Nodes, usize)>, Error> {
    let mut input = In { bytes, at: 0, nodes: Vec::new(), named: Vec::new(), left: most, class };
    let parsed = input.node(DEPTH).filter(|_| input.at == bytes.len());
    let Some(Link::At(root)) = parsed else {
        if input.left == 0 {
            return Ok(None);
        }
        return Err(Error::new(ErrorKind::Malformed, "a schema", "bytes that are none").at_byte(input.at));
    };
    let mut heads = super::heads::Heads::new(input.nodes.len());
    for index in 0..input.nodes.len() {
        let head = heads.of(&input.nodes, index).ok_or_else(|| {
            Error::new(ErrorKind::Malformed, "a type of finite size", "a schema of one that contains itself")
        })?;
        input.nodes[index].head = head;
    }
    Ok(Some((Nodes(input.nodes), root)))
}

/// What a part of a schema takes at most: a node, the slot or variant that it belongs to, and how far it is computed.
const PART: usize = 256;

/// Reads a schema that comes to no more than so many bytes in memory.
pub(crate) fn parse_within(schema: &[u8], memory: usize) -> Result<(Nodes, usize), Error> {
    let most = schema.len().saturating_add(1).min(memory / PART);
    parse_some(schema, most)?.ok_or_else(|| Error::beyond_memory("a schema", memory))
}

/// The same, of a class that Python pickled: objects of Python may be in it.
#[cfg(feature = "pyo3")]
pub(crate) fn parse_class_within(schema: &[u8], class: &str, memory: usize) -> Result<(Nodes, usize), Error> {
    let most = schema.len().saturating_add(1).min(memory / PART);
    parse_with(schema, most, Some(class))?.ok_or_else(|| Error::beyond_memory("a schema", memory))
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
            HANDLE => Some(Kind::Handle(super::Handle::ANY)),
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

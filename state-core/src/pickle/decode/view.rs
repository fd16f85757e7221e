//! The parts of a pickle as what they are in Python: opcodes, spellings and encodings are resolved here.

use super::arena::{Arena, Id, Items, Tag};
use super::parts::Parts;
use super::scan;
use super::strings::{self, Int, Strings};
use super::text::Digits;
use crate::pickle::names::to_python_3;
use crate::pickle::opcode as op;

/// A class or function: its module, and its name in that, with dots if it is within a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Name<'p> {
    pub module: &'p str,
    pub name: &'p str,
}

impl Name<'_> {
    /// Returns whether this is the name of the class or function `tag`.
    pub fn is(self, tag: &str) -> bool {
        let rest = tag.strip_prefix(self.module).and_then(|rest| rest.strip_prefix(['.', ':']));
        rest == Some(self.name) || self.module == "__main__" && tag == self.name
    }
}

/// What a part is.
#[derive(Clone, Debug)]
pub(super) enum View<'p> {
    None,
    Bool(bool),
    Int(i128),
    /// Two's complement, the lowest byte first, if more than 16 bytes are needed.
    Long(&'p [u8]),
    /// An integer that is written as text and has more than 127 bits.
    Digits(Digits),
    Float(f64),
    Complex(f64, f64),
    /// UTF-8, in which lone surrogates may be three bytes each.
    Text(&'p [u8]),
    Bytes(&'p [u8]),
    ByteArray(&'p [u8]),
    Tuple(Items<'p>),
    List(Items<'p>),
    /// Alternating keys and values.
    Dict(Items<'p>),
    Set(Items<'p>),
    FrozenSet(Items<'p>),
    Global(Name<'p>),
    /// A call or an instance, with the place of its node.
    Object(Tag, u32),
    Persistent(Persistent<'p>),
    Buffer(u32),
}

/// A persistent id: text of protocol 0, or any part.
#[derive(Clone, Copy, Debug)]
pub(super) enum Persistent<'p> {
    Line(&'p [u8]),
    Part(Id),
}

impl Parts<'_> {
    pub fn view(&self, id: Id) -> View<'_> {
        match self.plain(id) {
            View::Object(tag, place) => self.builtin(tag, place).unwrap_or(View::Object(tag, place)),
            view => view,
        }
    }

    /// Returns the same without resolving calls that stand for built-in values.
    pub fn plain(&self, id: Id) -> View<'_> {
        match (id.place(), id.offset()) {
            (Some(place), _) => self.node(id, place),
            (_, Some(offset)) => self.leaf(offset),
            _ => View::None,
        }
    }

    fn node(&self, id: Id, place: u32) -> View<'_> {
        let arena = &self.arena;
        match arena.tag(place) {
            Tag::Tuple => View::Tuple(arena.parts(place)),
            Tag::FrozenSet => View::FrozenSet(arena.parts(place)),
            Tag::List => View::List(arena.items(place)),
            Tag::Dict => View::Dict(arena.items(place)),
            Tag::Set => View::Set(arena.items(place)),
            Tag::Text => View::Text(self.strings.decoded(arena, place)),
            Tag::Bytes => View::Bytes(self.strings.decoded(arena, place)),
            Tag::Buffer => View::Buffer(arena.count(place)),
            Tag::Persistent => View::Persistent(Persistent::Part(arena.part(place, 0))),
            Tag::Global => self.name(id).map_or(View::None, View::Global),
            tag @ (Tag::New | Tag::NewKeywords | Tag::Call | Tag::Instance) => View::Object(tag, place),
            // These are tags of chunks, never of parts.
            Tag::State | Tag::Step => View::None,
        }
    }

    /// Views a leaf. The machine has read it already, so nothing in it can be wrong here.
    #[inline]
    fn leaf(&self, offset: usize) -> View<'_> {
        let Ok(op) = scan::op(self.input, offset) else { return View::None };
        match op.code {
            op::NEWTRUE => View::Bool(true),
            op::NEWFALSE => View::Bool(false),
            op::BININT => View::Int((op.number as i64).into()),
            op::BININT1 | op::BININT2 => View::Int(op.number.into()),
            op::LONG1 | op::LONG4 => long(op.bytes),
            op::BINFLOAT => View::Float(f64::from_bits(op.number)),
            op::BINBYTES | op::SHORT_BINBYTES | op::BINBYTES8 => View::Bytes(op.bytes),
            op::BYTEARRAY8 => View::ByteArray(op.bytes),
            op::EMPTY_TUPLE => View::Tuple(Items::empty(&self.arena)),
            op::BINSTRING | op::SHORT_BINSTRING if self.strings.are_bytes() => View::Bytes(op.bytes),
            op::BINUNICODE
            | op::SHORT_BINUNICODE
            | op::BINUNICODE8
            | op::UNICODE
            | op::BINSTRING
            | op::SHORT_BINSTRING => View::Text(op.bytes),
            op::GLOBAL | op::INST | op::EXT1 | op::EXT2 | op::EXT4 => {
                self.name(Id::leaf(offset)).map_or(View::None, View::Global)
            }
            op::PERSID => View::Persistent(Persistent::Line(op.bytes)),
            op::INT => strings::int(op.bytes).map_or(View::None, |int| match int {
                Int::Bool(value) => View::Bool(value),
                Int::Number(digits) => number(digits),
            }),
            op::LONG => strings::long(op.bytes).map_or(View::None, number),
            op::FLOAT => strings::float(op.bytes).map_or(View::None, View::Float),
            _ => View::None,
        }
    }

    /// Returns the name that a part is, if it is one.
    pub fn name(&self, id: Id) -> Option<Name<'_>> {
        let extension =
            id.offset().filter(|&offset| matches!(self.input.get(offset), Some(&(op::EXT1 | op::EXT2 | op::EXT4))));
        match extension {
            Some(offset) => {
                let number = scan::op(self.input, offset).ok()?.number;
                let (_, name) = self.extensions.iter().find(|(code, _)| u64::from(*code) == number)?;
                let (module, name) = name.rsplit_once('.')?;
                Some(Name { module, name })
            }
            None => name(self.input, &self.arena, &self.strings, self.old_names, id),
        }
    }

    /// Returns the text of a part, if Rust's `str` can represent it.
    pub fn text(&self, id: Id) -> Option<&str> {
        match self.view(id) {
            View::Text(text) => core::str::from_utf8(text).ok(),
            _ => None,
        }
    }
}

/// Returns the name that a part is, if it is one. If `old`, names of Python 2 are converted to those of Python 3.
pub(super) fn name<'p>(input: &'p [u8], arena: &Arena, strings: &'p Strings, old: bool, id: Id) -> Option<Name<'p>> {
    let (module, name) = match (id.place(), id.offset()) {
        (Some(place), _) if arena.tag(place) == Tag::Global => {
            let text = |at| strings.text(input, arena, arena.part(place, at));
            (text(0)?, text(1)?)
        }
        (_, Some(offset)) => {
            let op = scan::op(input, offset).ok()?;
            if !matches!(op.code, op::GLOBAL | op::INST) {
                return None;
            }
            (op.bytes, op.second)
        }
        _ => return None,
    };
    let (module, name) = (core::str::from_utf8(module).ok()?, core::str::from_utf8(name).ok()?);
    let (module, name) = if old { to_python_3(module, name) } else { (module, name) };
    Some(Name { module, name })
}

fn number<'p>(digits: Digits) -> View<'p> {
    match digits {
        Digits::Small(small) => View::Int(small),
        digits => View::Digits(digits),
    }
}

/// Views two's complement of any length, the lowest byte first.
fn long(bytes: &[u8]) -> View<'_> {
    let Some(&highest) = bytes.last() else { return View::Int(0) };
    let filler = if highest >= 0x80 { 0xFF } else { 0 };
    // Bytes that only repeat the sign are not needed.
    let used = bytes.iter().rposition(|&byte| byte != filler).map_or(0, |at| at + 1);
    if used > 16 || used == 16 && (bytes[15] ^ filler) >= 0x80 {
        return View::Long(bytes);
    }
    let mut whole = [filler; 16];
    whole[..used].copy_from_slice(&bytes[..used]);
    View::Int(i128::from_le_bytes(whole))
}

impl View<'_> {
    /// Returns what Python calls such a part.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::None => "None",
            Self::Bool(_) => "bool",
            Self::Int(_) | Self::Long(_) | Self::Digits(_) => "int",
            Self::Float(_) => "float",
            Self::Complex(..) => "complex",
            Self::Text(_) => "str",
            Self::Bytes(_) => "bytes",
            Self::ByteArray(_) => "bytearray",
            Self::Tuple(_) => "tuple",
            Self::List(_) => "list",
            Self::Dict(_) => "dict",
            Self::Set(_) => "set",
            Self::FrozenSet(_) => "frozenset",
            Self::Global(_) => "a class or function",
            Self::Object(..) => "an object",
            Self::Persistent(_) => "a persistent id",
            Self::Buffer(_) => "a buffer",
        }
    }
}

/// Returns what Python calls a part, while the pickle is still being read.
pub(super) fn kind_name(input: &[u8], arena: &Arena, id: Id) -> &'static str {
    if let Some(place) = id.place() {
        return match arena.tag(place) {
            Tag::Tuple => "tuple",
            Tag::FrozenSet => "frozenset",
            Tag::List => "list",
            Tag::Dict => "dict",
            Tag::Set => "set",
            Tag::Text => "str",
            Tag::Bytes => "bytes",
            Tag::Global => "a class or function",
            Tag::Persistent => "a persistent id",
            Tag::Buffer => "a buffer",
            Tag::New | Tag::NewKeywords | Tag::Call | Tag::Instance | Tag::State | Tag::Step => "an object",
        };
    }
    match id.offset().and_then(|offset| input.get(offset)).copied().unwrap_or_default() {
        op::NONE => "None",
        op::NEWTRUE | op::NEWFALSE => "bool",
        op::BINFLOAT | op::FLOAT => "float",
        op::EMPTY_TUPLE => "tuple",
        op::BYTEARRAY8 => "bytearray",
        op::BINBYTES | op::SHORT_BINBYTES | op::BINBYTES8 => "bytes",
        op::GLOBAL | op::INST | op::EXT1 | op::EXT2 | op::EXT4 => "a class or function",
        op::PERSID => "a persistent id",
        op::UNICODE
        | op::BINUNICODE
        | op::SHORT_BINUNICODE
        | op::BINUNICODE8
        | op::STRING
        | op::BINSTRING
        | op::SHORT_BINSTRING => "str",
        _ => "int",
    }
}

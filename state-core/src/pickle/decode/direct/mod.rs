//! The short way in: a pickle that is laid out as the writers of pickles lay out such a type, read straight into an image.
//!
//! What it takes, it takes for what the stack machine would leave. At anything else it gives up without a word, and the
//! machine reads the pickle from its start: so it may know little, and has no errors of its own.

mod chunk;
mod fields;
mod group;
mod latin1;
mod object;
mod quick;
mod row;
mod scalar;

use alloc::vec::Vec;

use self::group::Codes;
use self::row::Row;
use crate::pickle::opcode as op;
use crate::pickle::options::Options;
use crate::protocol::layout::option_is_inline;
use crate::protocol::stack;
use crate::schema::{Enum, Form, Kind, Link, Nodes, Schema};
use crate::walk::{Filled, can_be_none, is_byte};

/// Fills the image of a pickle that holds nothing unusual.
pub(super) fn fill<'p>(
    schema: &'static Schema,
    pickle: &'p [u8],
    buffers: &'p [&'p [u8]],
    options: &Options,
) -> Option<Filled<'p>> {
    if pickle.len() > i32::MAX as usize || pickle.len() as u64 > options.max_size {
        return None;
    }
    let mut direct = Direct {
        input: pickle,
        at: 0,
        buffers: buffers.iter(),
        memo: Vec::new(),
        classes: Vec::new(),
        rows: Vec::new(),
        old_names: options.fix_imports,
        fix_imports: options.fix_imports,
        stack: alloc::vec![0; schema.head],
        heads: alloc::vec![0; schema.head],
        text: Vec::new(),
        raw: Vec::new(),
        lent: None,
        parts: stack::parts(options.depth),
        left: pickle.len() / 4 + 1024,
        copies: pickle.len() + (1 << 20),
    };
    direct.protocol()?;
    direct.node(schema, 0)?;
    direct.take(op::STOP)?;
    let Direct { mut heads, stack, text, raw, lent, buffers, .. } = direct;
    if buffers.len() > 0 {
        return None;
    }
    heads[..schema.head].copy_from_slice(&stack[..schema.head]);
    Some(Filled::new(schema.head, (heads, text, raw), lent))
}

/// A class's schema, and where its opcode stands.
type Class = (*const Schema, u32);

struct Direct<'p> {
    input: &'p [u8],
    at: usize,
    buffers: core::slice::Iter<'p, &'p [u8]>,
    /// Where the opcode of each part in the memo stands.
    memo: Vec<u32>,
    /// The classes that were read.
    classes: Vec<Class>,
    /// How the items of groups are read in the quick way.
    rows: Vec<Row>,
    old_names: bool,
    fix_imports: bool,
    /// The heads that are being filled: the root's, and of lists those whose number is not yet known.
    stack: Vec<u8>,
    heads: Vec<u8>,
    text: Vec<u8>,
    raw: Vec<u8>,
    /// A raw array that stands where it came from, as long as it is the only one.
    lent: Option<&'p [u8]>,
    /// How many parts may stand inside one another here: the functions call one another for each.
    parts: u32,
    /// How many bytes may be read in vain.
    left: usize,
    /// How many bytes of text may be copied from the memo.
    copies: usize,
}

/// What to return to, if what was tried is not there.
struct Place {
    at: usize,
    memo: usize,
    stack: usize,
    heads: usize,
    text: usize,
    raw: usize,
    lent: bool,
    parts: u32,
    buffers: usize,
}

impl<'p> Direct<'p> {
    fn protocol(&mut self) -> Option<()> {
        match self.input.get(..2) {
            Some(&[op::PROTO, protocol @ 0..=5]) => {
                self.at = 2;
                self.old_names = self.fix_imports && protocol < 3;
                Some(())
            }
            // Protocols 0 and 1 do not say so; what is text in them is left to the machine.
            _ => Some(()),
        }
    }

    /// The opcode that comes next, behind the frames that begin here.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn peek(&mut self) -> Option<u8> {
        let code = *self.input.get(self.at)?;
        if code == op::FRAME { self.frame() } else { Some(code) }
    }

    #[cold]
    fn frame(&mut self) -> Option<u8> {
        while self.input.get(self.at) == Some(&op::FRAME) {
            let length = self.input.get(self.at + 1..)?.first_chunk::<8>()?;
            self.at += 9;
            if u64::from_le_bytes(*length) > (self.input.len() - self.at) as u64 {
                return None;
            }
        }
        self.input.get(self.at).copied()
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn take(&mut self, code: u8) -> Option<()> {
        if self.peek()? != code {
            return None;
        }
        self.at += 1;
        Some(())
    }

    /// The bytes behind an opcode.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn argument<const N: usize>(&mut self) -> Option<[u8; N]> {
        let bytes = self.input.get(self.at + 1..)?.first_chunk::<N>()?;
        self.at += 1 + N;
        Some(*bytes)
    }

    /// The next bytes.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn bytes(&mut self, len: usize) -> Option<&'p [u8]> {
        let bytes = self.input.get(self.at..)?.get(..len)?;
        self.at += len;
        Some(bytes)
    }

    /// Puts what begins at `start` in the memo, if the pickle does.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn put(&mut self, start: usize) -> Option<()> {
        let number = match self.peek()? {
            op::MEMOIZE => {
                self.at += 1;
                self.memo.push(start as u32);
                return Some(());
            }
            op::BINPUT => u32::from(self.argument::<1>()?[0]),
            op::LONG_BINPUT => u32::from_le_bytes(self.argument()?),
            _ => return Some(()),
        };
        if number as usize != self.memo.len() {
            return None;
        }
        self.memo.push(start as u32);
        Some(())
    }

    /// Where the opcode stands that the memo has under the number that comes next.
    fn get(&mut self) -> Option<usize> {
        let number = match self.peek()? {
            op::BINGET => u32::from(self.argument::<1>()?[0]),
            op::LONG_BINGET => u32::from_le_bytes(self.argument()?),
            _ => return None,
        };
        self.memo.get(number as usize).map(|&at| at as usize)
    }

    /// Reads what stands for a value whose head is at `at` of the stack, and zero.
    fn node(&mut self, schema: &'static Schema, at: usize) -> Option<()> {
        match &schema.kind {
            Kind::Int { bits, signed, nonzero } => self.int((*bits, *signed, *nonzero), at),
            Kind::Str => self.text(at),
            Kind::Float { bits } => self.float(*bits, at),
            Kind::Bool => self.bool(at),
            Kind::Unit => self.take(op::EMPTY_TUPLE),
            Kind::List(of) if is_byte(target(*of)) => self.byte_list(at),
            Kind::Array(of, len) if is_byte(target(*of)) => self.byte_array(usize::try_from(*len).ok()?, at),
            _ => self.parted(schema, at),
        }
    }

    /// What has parts of its own.
    fn parted(&mut self, schema: &'static Schema, at: usize) -> Option<()> {
        let outer = self.parts;
        self.parts = outer.checked_sub(1)?;
        match &schema.kind {
            Kind::Object(object) => self.object(schema, object, at)?,
            Kind::Tuple(items) => self.tuple(items, at)?,
            Kind::Optional(of) => self.optional(*of, at)?,
            Kind::List(of) => self.group(at, target(*of), Codes::LIST)?,
            Kind::Set(of) => self.group(at, target(*of), Codes::SET)?,
            Kind::Map(key, value) => self.map((target(*key), target(*value)), at)?,
            Kind::Boxed(of) => self.behind(target(*of))?,
            // Which type it is, its class says.
            Kind::Enum(Enum { form: Form::Dynamic, .. }) => return None,
            Kind::Enum(of) => self.variant(of, at)?,
            _ => return None,
        }
        self.parts = outer;
        Some(())
    }

    fn optional(&mut self, of: Link, at: usize) -> Option<()> {
        if self.peek()? == op::NONE {
            self.at += 1;
            return Some(());
        }
        let inner = target(of);
        if can_be_none(Nodes::NONE, inner) {
            return None;
        }
        self.write(at, &[1])?;
        if option_is_inline(inner.head) { self.node(inner, at + 1) } else { self.behind(inner) }
    }

    /// A value whose head stands in the tail.
    fn behind(&mut self, schema: &'static Schema) -> Option<()> {
        let (start, at) = (self.heads.len(), self.stack.len());
        self.stack.resize(at + schema.head.max(1), 0);
        self.node(schema, at)?;
        self.settle(start, at);
        Some(())
    }

    /// Moves the heads from `at` of the stack to the tail, before those that were filled in the meantime.
    fn settle(&mut self, start: usize, at: usize) {
        let len = self.stack.len() - at;
        self.heads.extend_from_slice(&self.stack[at..]);
        self.heads[start..].rotate_right(len);
        self.stack.truncate(at);
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn write<const N: usize>(&mut self, at: usize, bytes: &[u8; N]) -> Option<()> {
        *self.stack.get_mut(at..)?.first_chunk_mut()? = *bytes;
        Some(())
    }

    /// A length in its short form; longer ones are left to the machine.
    fn length(&mut self, at: usize, length: usize) -> Option<()> {
        let length = u32::try_from(length).ok().filter(|length| *length != u32::MAX)?;
        self.write(at, &length.to_le_bytes())
    }

    fn place(&self) -> Place {
        Place {
            at: self.at,
            memo: self.memo.len(),
            stack: self.stack.len(),
            heads: self.heads.len(),
            text: self.text.len(),
            raw: self.raw.len(),
            lent: self.lent.is_some(),
            parts: self.parts,
            buffers: self.buffers.len(),
        }
    }

    /// Forgets what was read since; `None` where too much was.
    fn back(&mut self, place: &Place) -> Option<()> {
        self.left = self.left.checked_sub(self.at - place.at + 1)?;
        // What was lent may have been copied, and buffers were taken: that is not undone.
        if self.lent.is_some() != place.lent || self.buffers.len() != place.buffers || self.raw.len() != place.raw {
            return None;
        }
        self.at = place.at;
        self.memo.truncate(place.memo);
        self.stack.truncate(place.stack);
        self.heads.truncate(place.heads);
        self.text.truncate(place.text);
        self.parts = place.parts;
        Some(())
    }
}

fn target(link: Link) -> &'static Schema {
    Nodes::NONE.get(link)
}

//! Bytes, and the raw arrays that are pickled as bytes.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::cell::Cell;

use super::Reader;
use super::memo::{Entry, NOTHING, is_composite};
use super::plan::target;
use crate::pickle::decode::latin1::latin1;
use crate::pickle::decode::view::Name;
use crate::pickle::opcode as op;
use crate::protocol::layout::padded;
use crate::schema::Raw;

impl<'p> Reader<'p> {
    /// Reads bytes, which may be in an out-of-band buffer.
    pub(super) fn byte_string(&mut self) -> Option<Cow<'p, [u8]>> {
        let code = self.peek()?;
        let start = self.at;
        let len = match code {
            op::SHORT_BINBYTES => self.argument::<1>()?[0].into(),
            op::BINBYTES => u32::from_le_bytes(self.argument()?) as usize,
            op::BINBYTES8 | op::BYTEARRAY8 => usize::try_from(u64::from_le_bytes(self.argument()?)).ok()?,
            op::NEXT_BUFFER if !self.is_again => {
                self.at += 1;
                let buffer = *self.buffers.get(self.buffer)?;
                (self.buffer, self.taken) = (self.buffer + 1, self.taken + 1);
                if self.peek()? == op::READONLY_BUFFER {
                    self.at += 1;
                }
                return Some(Cow::Borrowed(buffer));
            }
            op::GLOBAL | op::BINGET | op::LONG_BINGET | op::GET => return self.bytes_otherwise(),
            _ => return None,
        };
        let bytes = self.bytes(len)?;
        self.put(start as Entry)?;
        Some(Cow::Borrowed(bytes))
    }

    /// Reads bytes from the memo, and bytes that protocols below 3 write as text: `_codecs.encode(text, 'latin1')`.
    fn bytes_otherwise(&mut self) -> Option<Cow<'p, [u8]>> {
        let (start, encoder) = (self.at, Cell::new(self.encoder));
        if self.peek()? != op::GLOBAL {
            let kept = self.get()?;
            if kept <= Entry::from(u32::MAX) {
                return self.again(kept, Self::byte_string);
            }
            self.at = start;
        }
        let is_encoder = |name: Name<'_>| (name.module, name.name) == ("_codecs", "encode");
        let Some(kept) = self.named(&encoder, is_encoder) else { return self.no_bytes(start) };
        self.encoder = encoder.get();
        if is_composite(kept) {
            return self.again(kept, Self::byte_string);
        }
        // Not `call`, because its closure would cost some instructions for each row of bytes.
        self.open_call()?;
        let bytes = latin1(&self.string()?)?;
        (*self.name()? == *b"latin1").then_some(())?;
        self.end_call(op::TUPLE2, start)?;
        Some(Cow::Owned(bytes))
    }

    /// Reads `bytes()`, as which protocols below 3 write empty bytes.
    fn no_bytes(&mut self, start: usize) -> Option<Cow<'p, [u8]>> {
        self.at = start;
        let is_bytes = |name: Name<'_>| (name.module, name.name) == ("builtins", "bytes");
        self.this(&Cell::new(NOTHING), is_bytes)?;
        self.empty_tuple()?;
        self.code(op::REDUCE)?;
        self.put_made(start as u32)?;
        Some(Cow::Borrowed(&[]))
    }

    /// Reads `()`, which writers do not put in the memo.
    pub(super) fn empty_tuple(&mut self) -> Option<()> {
        if !self.plans.is_text {
            return self.code(op::EMPTY_TUPLE);
        }
        self.code(op::MARK)?;
        self.code(op::TUPLE)
    }

    pub(super) fn byte_list(&mut self, at: usize) -> Option<()> {
        let bytes = self.byte_string()?;
        self.length(at, bytes.len())?;
        match bytes {
            Cow::Borrowed(bytes) if self.has_one_list && self.list.is_none() => self.list = Some((self.at, bytes)),
            bytes => self.tail.extend_from_slice(&bytes),
        }
        Some(())
    }

    pub(super) fn byte_array(&mut self, len: usize, at: usize) -> Option<()> {
        let bytes = self.byte_string().filter(|bytes| bytes.len() == len)?;
        self.fill(at, &bytes)
    }

    /// Writes bytes to a head.
    pub(super) fn fill(&mut self, at: usize, bytes: &[u8]) -> Option<()> {
        self.heads.get_mut(at..)?.get_mut(..bytes.len())?.copy_from_slice(bytes);
        Some(())
    }

    /// Reads a raw array: its bytes, and its count if that follows them.
    pub(super) fn raw_array(&mut self, raw: &Raw, counted: bool, mut at: usize) -> Option<()> {
        let element = target(raw.element);
        if !element.is_portable(counted) {
            return None;
        }
        let size = element.head.max(1);
        let absent = raw.optional && self.peek()? == op::NONE;
        let bytes = if absent {
            self.at += 1;
            Cow::Borrowed(&[][..])
        } else {
            self.byte_string()?
        };
        let count = bytes.len() / size;
        if bytes.len() % size != 0 || !absent && raw.exactly.is_some_and(|exactly| exactly != count as u64) {
            return None;
        }
        if counted && self.wide_int()? != count as i128 {
            return None;
        }
        if raw.optional {
            self.fill(at, &[u8::from(!absent)])?;
            at += 1;
        }
        self.fill(at, &(count as u64).to_le_bytes())?;
        self.lend(bytes)
    }

    /// Adds an array to the raw region. As long as it is the only one, it is not copied.
    fn lend(&mut self, bytes: Cow<'p, [u8]>) -> Option<()> {
        self.taken += 1;
        let only = self.lent.is_none() && self.raw.is_empty();
        let bytes = match bytes {
            Cow::Borrowed(bytes) if only && padded(bytes.len())? == bytes.len() => {
                self.lent = (!bytes.is_empty()).then_some(bytes);
                return Some(());
            }
            Cow::Owned(bytes) if only => {
                self.raw = bytes;
                self.raw.resize(padded(self.raw.len())?, 0);
                return Some(());
            }
            bytes => bytes,
        };
        self.whole_raw().extend_from_slice(&bytes);
        self.raw.resize(padded(self.raw.len())?, 0);
        Some(())
    }

    /// Returns the raw region, into which a lent array is copied first.
    pub(super) fn whole_raw(&mut self) -> &mut Vec<u8> {
        if let Some(first) = self.lent.take() {
            self.raw.extend_from_slice(first);
        }
        &mut self.raw
    }
}

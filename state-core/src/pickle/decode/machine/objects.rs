//! The opcodes that name classes and make objects of them, and those of out-of-band buffers.

use alloc::format;

use super::{Machine, malformed};
use crate::error::Result;
use crate::pickle::decode::arena::{Id, Tag};
use crate::pickle::decode::extent::{SHORT, takes_at_most};
use crate::pickle::decode::scan::{Op, truncated};
use crate::pickle::decode::view::{self, Name};
use crate::pickle::opcode as op;

impl<'a> Machine<'a> {
    pub(super) fn new_object(&mut self) -> Result<()> {
        let (arguments, class) = (self.pop()?, self.pop()?);
        self.tuple(arguments)?;
        self.class(class)?;
        let id = self.parts.arena.changeable(Tag::New, &[class.0, arguments.0])?;
        self.push(id);
        Ok(())
    }

    pub(super) fn new_object_ex(&mut self) -> Result<()> {
        let (keywords, arguments, class) = (self.pop()?, self.pop()?, self.pop()?);
        self.class(class)?;
        self.tuple(arguments)?;
        if keywords.place().map(|place| self.parts.arena.tag(place)) != Some(Tag::Dict) {
            return Err(malformed("a dict of keyword arguments", self.name(keywords)));
        }
        let id = self.parts.arena.changeable(Tag::NewKeywords, &[class.0, arguments.0, keywords.0])?;
        self.push(id);
        Ok(())
    }

    pub(super) fn reduce(&mut self) -> Result<()> {
        let (arguments, callable) = (self.pop()?, self.pop()?);
        self.tuple(arguments)?;
        self.class(callable)?;
        let id = match self.encoded(callable, arguments)? {
            Some(bytes) => bytes,
            None => self.parts.arena.changeable(Tag::Call, &[callable.0, arguments.0])?,
        };
        self.push(id);
        Ok(())
    }

    /// Returns the bytes if the call is `_codecs.encode(text, 'latin1')`, as which protocols below 3 write them.
    pub(super) fn encoded(&mut self, callable: Id, arguments: Id) -> Result<Option<Id>> {
        let codec = match self.codec {
            Some((id, is)) if id == callable => is,
            _ => {
                let is_short = takes_at_most(SHORT, self.parts.input, &self.parts.arena, &self.parts.strings, callable);
                let name = || {
                    view::name(self.parts.input, &self.parts.arena, &self.parts.strings, self.parts.old_names, callable)
                };
                let is =
                    is_short && name().is_some_and(|Name { module, name }| (module, name) == ("_codecs", "encode"));
                self.codec = Some((callable, is));
                is
            }
        };
        let place = arguments.place().filter(|&place| codec && self.parts.arena.count(place) == 2);
        let Some(place) = place else { return Ok(None) };
        let (text, encoding) = (self.parts.arena.part(place, 0), self.parts.arena.part(place, 1));
        let encoding = self.parts.strings.text(self.parts.input, &self.parts.arena, encoding);
        if !encoding.is_some_and(|encoding| matches!(encoding, b"latin1" | b"latin-1" | b"iso-8859-1")) {
            return Ok(None);
        }
        if let Some(&bytes) = self.latin1.get(&text.0.into()) {
            self.parts.shares.note(Id(bytes));
            return Ok(Some(Id(bytes)));
        }
        match self.parts.strings.latin1(self.parts.input, &mut self.parts.arena, text)? {
            Some(bytes) => {
                // Remembered, so that encoding one text again and again takes no more time and memory.
                self.latin1.insert(text.0.into(), bytes.0);
                Ok(Some(bytes))
            }
            None if self.parts.strings.text(self.parts.input, &self.parts.arena, text).is_some() => {
                Err(malformed("text that Latin-1 has", "another"))
            }
            None => Ok(None),
        }
    }

    pub(super) fn instance(&mut self, op: &Op<'a>) -> Result<()> {
        let from = self.unmark()?;
        let (class, first) = if op.code == op::INST {
            named(op.bytes, op.second)?;
            if !(op.bytes.is_ascii() && op.second.is_ascii()) {
                return Err(malformed("a name in ASCII after INST", "another"));
            }
            (Id::leaf(self.at), from)
        } else {
            let class = self.stack.get(from).map(Id).ok_or_else(|| self.underflow())?;
            self.class(class)?;
            (class, from + 1)
        };
        let arguments = self.parts.arena.collect(Tag::Tuple, &mut self.stack, first)?;
        let id = self.parts.arena.changeable(Tag::Instance, &[class.0, arguments.0])?;
        self.stack.truncate(from);
        self.push(id);
        Ok(())
    }

    pub(super) fn build(&mut self) -> Result<()> {
        let from = self.last(2)?;
        let state = Id(self.stack.get(from + 1).unwrap_or_default());
        let object = self.stack.get(from).map(Id).ok_or_else(|| self.underflow())?;
        self.changeable(object.place().unwrap_or(u32::MAX))?;
        match object.place().map(|place| (place, self.parts.arena.tag(place))) {
            Some((place, Tag::New | Tag::NewKeywords | Tag::Call | Tag::Instance)) => {
                self.parts.arena.change(place, Tag::State, &mut self.stack, from + 1)?;
            }
            // Only the state `None` can be given to an object without attributes.
            _ if self.parts.input.get(state.offset().unwrap_or(usize::MAX)) == Some(&op::NONE) => {}
            _ => return Err(malformed("an object that can take a state", self.name(object))),
        }
        self.stack.truncate(from + 1);
        Ok(())
    }

    pub(super) fn global_lines(&mut self, op: &Op<'a>) -> Result<()> {
        named(op.bytes, op.second)?;
        self.push_leaf();
        Ok(())
    }

    pub(super) fn stack_global(&mut self) -> Result<()> {
        let (name, module) = (self.pop()?, self.pop()?);
        for id in [module, name] {
            if self.parts.strings.text(self.parts.input, &self.parts.arena, id).is_none() {
                return Err(malformed("a name as text", self.name(id)));
            }
        }
        let id = self.parts.arena.fixed(Tag::Global, &[module.0, name.0])?;
        self.push(id);
        Ok(())
    }

    pub(super) fn frame(&mut self, op: &Op<'a>) -> Result<()> {
        let left = self.parts.input.len() - op.end;
        if op.number > left as u64 {
            let at = op.end.saturating_sub(9);
            return Err(truncated(&format!("a frame of {} bytes", op.number), &format!("{left}"), at));
        }
        Ok(())
    }

    pub(super) fn next_buffer(&mut self) -> Result<()> {
        if self.parts.buffers == self.most_buffers {
            let expected = format!("no more than the {} buffers that were given", self.most_buffers);
            return Err(malformed(expected, "one more"));
        }
        let id = self.parts.arena.numbered(Tag::Buffer, self.parts.buffers)?;
        self.parts.buffers += 1;
        self.push(id);
        Ok(())
    }

    pub(super) fn readonly_buffer(&mut self) -> Result<()> {
        let top = self.top()?;
        let tag = top.place().map(|place| self.parts.arena.tag(place));
        let code = top.offset().and_then(|offset| self.parts.input.get(offset)).copied().unwrap_or_default();
        let bytes = [op::BINBYTES, op::SHORT_BINBYTES, op::BINBYTES8, op::BYTEARRAY8].contains(&code)
            || self.parts.strings.are_bytes() && [op::BINSTRING, op::SHORT_BINSTRING].contains(&code);
        if bytes || matches!(tag, Some(Tag::Buffer | Tag::Bytes | Tag::New | Tag::NewKeywords | Tag::Call)) {
            return Ok(());
        }
        Err(malformed("a buffer", self.name(top)))
    }

    /// Tests that a part can be the arguments of a call.
    pub(super) fn tuple(&self, id: Id) -> Result<()> {
        let empty = id.offset().is_some_and(|offset| self.parts.input.get(offset) == Some(&op::EMPTY_TUPLE));
        if empty || id.place().is_some_and(|place| self.parts.arena.tag(place) == Tag::Tuple) {
            return Ok(());
        }
        Err(malformed("a tuple of arguments", self.name(id)))
    }

    /// Tests that a part can be called: a name, or the result of another call.
    pub(super) fn class(&self, id: Id) -> Result<()> {
        let callable = match (id.offset(), id.place()) {
            (Some(offset), _) => {
                let codes = [op::GLOBAL, op::INST, op::EXT1, op::EXT2, op::EXT4, op::PERSID];
                self.parts.input.get(offset).is_some_and(|code| codes.contains(code))
            }
            (_, Some(place)) => matches!(
                self.parts.arena.tag(place),
                Tag::Global | Tag::Call | Tag::New | Tag::NewKeywords | Tag::Instance | Tag::Persistent
            ),
            _ => false,
        };
        if callable { Ok(()) } else { Err(malformed("a class or function", self.name(id))) }
    }

    /// Returns what a part is, for an error.
    #[cold]
    pub(super) fn name(&self, id: Id) -> &'static str {
        view::kind_name(self.parts.input, &self.parts.arena, id)
    }
}

/// Tests the two lines of a name.
fn named(module: &[u8], name: &[u8]) -> Result<()> {
    for (line, what) in [(module, "the name of a module"), (name, "the name of a class or function")] {
        if line.is_empty() || core::str::from_utf8(line).is_err() {
            return Err(malformed(what, if line.is_empty() { "an empty line" } else { "bytes that are not UTF-8" }));
        }
    }
    Ok(())
}

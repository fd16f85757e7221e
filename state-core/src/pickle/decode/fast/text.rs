//! Text: in its usual form, and separately in all others.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::memo::{Entry, is_get};
use super::number::part;
use super::{BLOCK, Reader};
use crate::pickle::decode::text::raw_unicode;
use crate::pickle::opcode as op;

/// The least space that is allocated for text beyond what is needed.
const SPACE: usize = 256;

impl<'p> Reader<'p> {
    /// Reads text in its usual form, writes its length to the head at `at`, and returns where it ends.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn usual_text(&mut self, at: usize, from: usize) -> Option<usize> {
        let window = self.input.get(from..)?.first_chunk::<{ 2 + BLOCK }>()?;
        let len = usize::from(window[1]);
        if window[0] != op::SHORT_BINUNICODE || len > BLOCK {
            return None;
        }
        *self.text.get_mut(self.wrote..)?.first_chunk_mut()? = part::<BLOCK>(window, 2);
        self.write(at, 0, (len as u32).to_le_bytes())?;
        let end = self.put_at(from + 2 + len, from as Entry)?;
        self.wrote += len;
        Some(end)
    }

    /// Reads text, and writes its length to the head at `at`.
    pub(super) fn text(&mut self, at: usize) -> Option<()> {
        let text = self.string()?;
        self.length(at, text.len())?;
        self.write_text(&text)
    }

    pub(super) fn write_text(&mut self, text: &[u8]) -> Option<()> {
        let end = self.wrote + text.len();
        if self.text.len() < end + BLOCK {
            self.text.resize(end + end / 2 + SPACE, 0);
        }
        self.text.get_mut(self.wrote..end)?.copy_from_slice(text);
        self.wrote = end;
        Some(())
    }

    pub(super) fn char(&mut self) -> Option<u32> {
        let text = self.string()?;
        let mut chars = core::str::from_utf8(&text).ok()?.chars();
        chars.next().filter(|_| chars.next().is_none()).map(u32::from)
    }

    /// Reads text that will be copied, which counts against `copies`.
    pub(super) fn string(&mut self) -> Option<Cow<'p, [u8]>> {
        let code = self.peek()?;
        let start = self.at;
        if is_get(code) {
            let text = self.name()?;
            self.copies = self.copies.checked_sub(text.len())?;
            return Some(text);
        }
        let text = self.text_here()?;
        self.put(start as Entry)?;
        Some(text)
    }

    /// Reads text that will only be compared.
    pub(super) fn name(&mut self) -> Option<Cow<'p, [u8]>> {
        if !is_get(self.peek()?) {
            return self.string();
        }
        let start = self.get().filter(|&kept| kept <= Entry::from(u32::MAX))? as usize;
        let at = self.at;
        self.at = start;
        let text = self.text_here();
        self.at = at;
        text
    }

    fn text_here(&mut self) -> Option<Cow<'p, [u8]>> {
        let len = match *self.input.get(self.at)? {
            op::SHORT_BINUNICODE => self.argument::<1>()?[0].into(),
            op::BINUNICODE => u32::from_le_bytes(self.argument()?) as usize,
            op::BINUNICODE8 => usize::try_from(u64::from_le_bytes(self.argument()?)).ok()?,
            op::UNICODE => return self.text_of_protocol_0(),
            op::SHORT_BINSTRING | op::BINSTRING if self.bytes_are_text => return self.text_of_python_2(),
            _ => return None,
        };
        self.bytes(len).map(Cow::Borrowed)
    }

    /// Reads a line of text, in which `\u` and `\U` begin escapes and other bytes are Latin-1.
    #[inline(never)]
    fn text_of_protocol_0(&mut self) -> Option<Cow<'p, [u8]>> {
        let rest = self.input.get(self.at + 1..)?;
        let line = rest.get(..rest.iter().position(|&byte| byte == b'\n')?)?;
        self.at += line.len() + 2;
        if line.iter().all(|&byte| byte < 0x80 && byte != b'\\') {
            return Some(Cow::Borrowed(line));
        }
        let mut text = Vec::with_capacity(2 * line.len());
        raw_unicode(line, &mut text)?;
        // Lone surrogates are left to the machine.
        core::str::from_utf8(&text).ok()?;
        Some(Cow::Owned(text))
    }

    /// Reads an 8-bit string, if it is ASCII and so the same in every encoding.
    fn text_of_python_2(&mut self) -> Option<Cow<'p, [u8]>> {
        let len = match *self.input.get(self.at)? {
            op::SHORT_BINSTRING => self.argument::<1>()?[0].into(),
            _ => usize::try_from(i32::from_le_bytes(self.argument()?)).ok()?,
        };
        self.bytes(len).filter(|text| text.is_ascii()).map(Cow::Borrowed)
    }
}

/// Reads a single character in its usual form; returns its size in bytes as well.
pub(super) fn usual_char(rest: &[u8]) -> Option<(u32, usize)> {
    let &[op::SHORT_BINUNICODE, len @ 1..=4, first, ..] = rest else { return None };
    if len == 1 {
        return (first < 0x80).then_some((first.into(), 3));
    }
    let mut letters = core::str::from_utf8(rest.get(2..2 + usize::from(len))?).ok()?.chars();
    let letter = letters.next().filter(|_| letters.as_str().is_empty())?;
    Some((letter.into(), 2 + usize::from(len)))
}

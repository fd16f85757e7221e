//! Numbers, text and bytes.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::Direct;
use super::latin1::latin1;
use crate::pickle::opcode as op;
use crate::protocol::float;
use crate::protocol::layout::padded;
use crate::schema::Raw;

impl<'p> Direct<'p> {
    pub(super) fn bool(&mut self, at: usize) -> Option<()> {
        let value = match self.peek()? {
            op::NEWTRUE => 1,
            op::NEWFALSE => 0,
            _ => return None,
        };
        self.at += 1;
        self.write(at, &[value])
    }

    /// The integer that comes next, if it is one of those that are not text.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn integer(&mut self) -> Option<i128> {
        Some(match self.peek()? {
            op::BININT1 => self.argument::<1>()?[0].into(),
            op::BININT => i32::from_le_bytes(self.argument()?).into(),
            op::BININT2 => u16::from_le_bytes(self.argument()?).into(),
            op::LONG1 => {
                let [len] = self.argument()?;
                let bytes = self.bytes(len.into())?;
                let filler = if *bytes.last()? >= 0x80 { 0xFF } else { 0 };
                let mut whole = [filler; 16];
                whole.get_mut(..bytes.len())?.copy_from_slice(bytes);
                i128::from_le_bytes(whole)
            }
            _ => return None,
        })
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn int(&mut self, (bits, signed, nonzero): (u8, bool, bool), at: usize) -> Option<()> {
        let value = self.integer()?;
        // Unsigned numbers of 128 bits beyond that have one byte more, and are left to the machine.
        let fits = match (bits, signed) {
            (8, true) => i8::try_from(value).is_ok(),
            (16, true) => i16::try_from(value).is_ok(),
            (32, true) => i32::try_from(value).is_ok(),
            (64, true) => i64::try_from(value).is_ok(),
            (8, false) => u8::try_from(value).is_ok(),
            (16, false) => u16::try_from(value).is_ok(),
            (32, false) => u32::try_from(value).is_ok(),
            (64, false) => u64::try_from(value).is_ok(),
            (_, true) => true,
            (_, false) => value >= 0,
        };
        if !fits || nonzero && value == 0 {
            return None;
        }
        match bits {
            8 => self.write(at, &(value as u8).to_le_bytes()),
            16 => self.write(at, &(value as u16).to_le_bytes()),
            32 => self.write(at, &(value as u32).to_le_bytes()),
            64 => self.write(at, &(value as u64).to_le_bytes()),
            _ => self.write(at, &value.to_le_bytes()),
        }
    }

    pub(super) fn float(&mut self, bits: u8, at: usize) -> Option<()> {
        if self.peek()? != op::BINFLOAT {
            return None;
        }
        let value = f64::from_be_bytes(self.argument()?);
        if bits == 64 {
            return self.write(at, &value.to_le_bytes());
        }
        let narrow = float::narrow(value);
        if narrow.is_infinite() && value.is_finite() {
            return None;
        }
        self.write(at, &narrow.to_le_bytes())
    }

    /// The text that comes next, to be copied.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn string(&mut self) -> Option<&'p [u8]> {
        let code = self.peek()?;
        let start = self.at;
        let len = match code {
            op::SHORT_BINUNICODE => self.argument::<1>()?[0].into(),
            op::BINUNICODE => u32::from_le_bytes(self.argument()?) as usize,
            op::BINUNICODE8 => usize::try_from(u64::from_le_bytes(self.argument()?)).ok()?,
            _ => {
                let text = self.string_again()?;
                self.copies = self.copies.checked_sub(text.len())?;
                return Some(text);
            }
        };
        let text = self.bytes(len)?;
        self.put(start)?;
        Some(text)
    }

    /// The text that comes next, to be compared.
    pub(super) fn name(&mut self) -> Option<&'p [u8]> {
        match self.peek()? {
            op::BINGET | op::LONG_BINGET => self.string_again(),
            _ => self.string(),
        }
    }

    /// Text that was read before.
    #[inline(never)]
    fn string_again(&mut self) -> Option<&'p [u8]> {
        let at = self.get()?;
        let (code, text) = self.input.get(at..)?.split_first()?;
        let (skipped, len) = match *code {
            op::SHORT_BINUNICODE => (1, usize::from(*text.first()?)),
            op::BINUNICODE => (4, u32::from_le_bytes(*text.first_chunk()?) as usize),
            op::BINUNICODE8 => (8, usize::try_from(u64::from_le_bytes(*text.first_chunk()?)).ok()?),
            _ => return None,
        };
        text.get(skipped..)?.get(..len)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn text(&mut self, at: usize) -> Option<()> {
        let text = self.string()?;
        self.length(at, text.len())?;
        self.text.extend_from_slice(text);
        Some(())
    }

    /// The bytes that come next.
    fn byte_string(&mut self) -> Option<Cow<'p, [u8]>> {
        let code = self.peek()?;
        let start = self.at;
        let len = match code {
            op::SHORT_BINBYTES => self.argument::<1>()?[0].into(),
            op::BINBYTES => u32::from_le_bytes(self.argument()?) as usize,
            op::BINBYTES8 | op::BYTEARRAY8 => usize::try_from(u64::from_le_bytes(self.argument()?)).ok()?,
            op::NEXT_BUFFER => {
                self.at += 1;
                let buffer = self.buffers.next()?;
                if self.peek()? == op::READONLY_BUFFER {
                    self.at += 1;
                }
                return Some(Cow::Borrowed(buffer));
            }
            op::GLOBAL | op::BINGET | op::LONG_BINGET => return self.encoded().map(Cow::Owned),
            _ => return None,
        };
        let bytes = self.bytes(len)?;
        self.put(start)?;
        Some(Cow::Borrowed(bytes))
    }

    /// The bytes that protocols below 3 write as text: `_codecs.encode(text, 'latin1')`.
    fn encoded(&mut self) -> Option<Vec<u8>> {
        const ENCODE: &[u8] = b"c_codecs\nencode\n";
        if self.peek()? == op::GLOBAL {
            let start = self.at;
            self.input.get(start..).filter(|input| input.starts_with(ENCODE))?;
            self.at += ENCODE.len();
            self.put(start)?;
        } else {
            let at = self.get()?;
            self.input.get(at..).filter(|input| input.starts_with(ENCODE))?;
        }
        let text = self.string()?;
        if self.name()? != b"latin1" {
            return None;
        }
        for code in [op::TUPLE2, op::REDUCE] {
            let start = self.at;
            self.take(code)?;
            self.put(start)?;
        }
        latin1(text)
    }

    pub(super) fn byte_list(&mut self, at: usize) -> Option<()> {
        let bytes = self.byte_string()?;
        self.length(at, bytes.len())?;
        self.heads.extend_from_slice(&bytes);
        Some(())
    }

    pub(super) fn byte_array(&mut self, len: usize, at: usize) -> Option<()> {
        let bytes = self.byte_string().filter(|bytes| bytes.len() == len)?;
        self.stack.get_mut(at..)?.get_mut(..len)?.copy_from_slice(&bytes);
        Some(())
    }

    /// A raw array: its bytes, and its count where that stands beside them.
    pub(super) fn raw_array(&mut self, raw: &Raw, counted: bool, mut at: usize) -> Option<()> {
        let element = super::target(raw.element);
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
        if counted && self.integer()? != count as i128 {
            return None;
        }
        if raw.optional {
            self.write(at, &[u8::from(!absent)])?;
            at += 1;
        }
        self.write(at, &(count as u64).to_le_bytes())?;
        self.lend(bytes)
    }

    /// Takes an array into the raw region; the only one there stays where it is.
    fn lend(&mut self, bytes: Cow<'p, [u8]>) -> Option<()> {
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
        if let Some(first) = self.lent.take() {
            self.raw.extend_from_slice(first);
        }
        self.raw.extend_from_slice(&bytes);
        self.raw.resize(padded(self.raw.len())?, 0);
        Some(())
    }
}

//! Parts without further parts.

use super::flat::{flat, wide};
use super::{Run, damaged};
use crate::error::Result;
use crate::evolve::op::Behind;
use crate::evolve::op::{At, Op};

impl<'a> Run<'_, 'a> {
    /// Makes a part without further parts, except for the elements of arrays.
    pub(super) fn leaf(&mut self, at: At, head: &'a [u8], to: usize) -> Result<()> {
        let steps = &self.plan.steps;
        let step = &steps[at];
        match &step.op {
            Op::Copy => self.out.write(to, &head[..step.from]),
            Op::Same(over) => {
                self.out.write(to, &head[..step.from]);
                self.same(&[Behind { from: 0, len: step.from, over: *over }], head)?;
            }
            Op::Int { .. } | Op::IntToFloat { .. } | Op::Widen | Op::Flat(_) | Op::FlatArray { .. } => {
                flat(steps, at, &head[..step.from], &mut self.out.heads[to..][..step.to])?;
            }
            Op::Text => self.text(head, to)?,
            Op::Raw { from_optional, to_optional, of } => {
                self.raw((*from_optional, *to_optional, *of), head, to)?;
            }
            Op::RawToList { of } => self.raw_to_list(*of, head, to)?,
            Op::ListToRaw { of } => self.list_to_raw(*of, head, to)?,
            Op::RawToArray { count, of } => self.raw_to_array((*count, *of), head, to)?,
            Op::ArrayToRaw { count, of } => self.array_to_raw((*count, *of), &head[..step.from], to)?,
            Op::Grid { of } => self.grid(*of, head, to)?,
            Op::Weak(key) => self.weak(*key, head, to)?,
            Op::CharToText => {
                let char = head.first_chunk().and_then(|char| char::from_u32(u32::from_le_bytes(*char)));
                let char = char.ok_or_else(damaged)?;
                let mut text = [0; 4];
                let text = char.encode_utf8(&mut text);
                self.out.length(to, text.len());
                self.out.text.extend_from_slice(text.as_bytes());
            }
            Op::IntToBig { signed, natural } => {
                self.int_to_big(wide(&head[..step.from], *signed), (*signed, *natural), to);
            }
            Op::BigToSigned => {
                let count = self.length(head)?;
                let bytes = self.run(count, 1)?;
                let zero = bytes.last().is_some_and(|&byte| byte >= 0x80);
                self.out.length(to, count + usize::from(zero));
                let place = self.out.run(count + usize::from(zero), 1);
                self.out.write(place, bytes);
            }
            // The caller handled all others.
            _ => return Err(damaged()),
        }
        Ok(())
    }

    fn text(&mut self, head: &'a [u8], to: usize) -> Result<()> {
        let len = self.length(head)?;
        let text = self.at.text.cut(len).ok_or_else(damaged)?;
        self.out.length(to, len);
        self.out.text.extend_from_slice(text.as_bytes());
        Ok(())
    }

    /// Writes the shortest two's complement, or the shortest unsigned number for a natural one.
    fn int_to_big(&mut self, wide: [u8; 16], (signed, natural): (bool, bool), to: usize) {
        let fill = if signed && wide[15] >= 0x80 { 0xFF } else { 0 };
        let mut len = wide.iter().rposition(|&byte| byte != fill).map_or(0, |last| last + 1);
        // One more byte is needed if the highest bit would mean the wrong sign; without bytes, the sign is that of
        // zero.
        let negative = len > 0 && wide[len - 1] >= 0x80;
        if !natural && negative != (fill == 0xFF) {
            len += 1;
        }
        let bytes = [wide, [fill; 16]].concat();
        self.out.length(to, len);
        let place = self.out.run(len, 1);
        self.out.write(place, &bytes[..len]);
    }
}

//! Values that are read by single operations.

use super::Reader;
use super::memo::{Entry, NOWHERE};
use super::number::{FLOAT, bool_of, single, usual_float, usual_int, usual_wide};
use super::plan::{Op, tuple_code};
use super::text::usual_char;
use crate::pickle::opcode::{TUPLE, TUPLE2};

impl Reader<'_> {
    /// Reads a value that is a single operation.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn value(&mut self, op: &Op, base: usize) -> Option<()> {
        match self.usual(op, base, self.at) {
            Some(at) => {
                self.at = at;
                Some(())
            }
            None => self.other(op, base),
        }
    }

    /// Reads a number or text in its usual form, and returns where it ends.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn usual(&mut self, op: &Op, base: usize, from: usize) -> Option<usize> {
        let rest = self.input.get(from..)?;
        macro_rules! usual {
            ($type:ty, $at:ident) => {{
                let (value, len) = usual_int(rest)?;
                self.write(base, *$at, <$type>::try_from(value).ok()?.to_le_bytes())?;
                Some(from + len)
            }};
        }
        match op {
            Op::I32(at) => usual!(i32, at),
            Op::I64(at) => {
                let (value, len) = usual_int(rest)?;
                self.write(base, *at, value.to_le_bytes())?;
                Some(from + len)
            }
            Op::U32(at) => usual!(u32, at),
            Op::Text(at) => self.usual_text(base + *at as usize, from),
            Op::Double(at) => {
                self.write(base, *at, usual_float(rest)?.to_le_bytes())?;
                Some(from + FLOAT)
            }
            Op::Single(at) => {
                self.write(base, *at, single(usual_float(rest)?)?.to_le_bytes())?;
                Some(from + FLOAT)
            }
            Op::Bool(at) => {
                self.write(base, *at, [bool_of(*rest.first()?)?])?;
                Some(from + 1)
            }
            Op::Char(at) => {
                let (value, len) = usual_char(rest)?;
                self.write(base, *at, value.to_le_bytes())?;
                self.put_at(from + len, from as Entry)
            }
            Op::Wide { at, signed } => {
                let (value, len) = usual_wide(rest)?;
                (*signed || value >= 0).then_some(())?;
                self.write(base, *at, value.to_le_bytes())?;
                Some(from + len)
            }
            Op::I8(at) => usual!(i8, at),
            Op::I16(at) => usual!(i16, at),
            Op::U8(at) => usual!(u8, at),
            Op::U16(at) => usual!(u16, at),
            Op::U64(at) => usual!(u64, at),
            _ => None,
        }
    }

    /// Reads values in all other forms, and those that take longer.
    #[inline(never)]
    pub(super) fn other(&mut self, op: &Op, base: usize) -> Option<()> {
        match op {
            Op::Group(group) => self.group(base, group),
            Op::Text(at) => self.text(base + *at as usize),
            Op::Double(at) => {
                let value = self.float()?;
                self.write(base, *at, value.to_le_bytes())
            }
            Op::Single(at) => {
                let value = single(self.float()?)?;
                self.write(base, *at, value.to_le_bytes())
            }
            Op::Bool(at) => {
                let value = self.bool()?;
                self.write(base, *at, [value.into()])
            }
            Op::Char(at) => {
                let value = self.char()?;
                self.write(base, *at, value.to_le_bytes())
            }
            Op::NonZero { at, size } => {
                let at = base + *at as usize;
                let bytes = self.heads.get(at..at + *size as usize)?;
                bytes.iter().any(|&byte| byte != 0).then_some(())
            }
            Op::Wide { at, signed } => self.int_of_128(base + *at as usize, *signed),
            Op::Bytes(at) => self.byte_list(base + *at as usize),
            Op::ByteArray { at, len } => self.byte_array(*len as usize, base + *at as usize),
            Op::Raw { at, raw, counted } => self.raw_array(raw, *counted, base + *at as usize),
            Op::Standard(of) => self.standard(base, of),
            Op::Enum(of) => self.variant(base, of),
            Op::Boxed { plan, deep } => self.inner((*plan, *deep), Self::behind),
            Op::Slots(slots) => self.members(slots, base),
            Op::Part { at, plan, deep } => {
                self.inner((*plan, *deep), |this, plan| this.ops(plan.steps(), base + *at as usize))
            }
            Op::EndRange => {
                let has_step = !matches!(self.peek()?, TUPLE2 | TUPLE);
                if has_step && self.int()? != 1 {
                    return None;
                }
                self.code(tuple_code(if has_step { 3 } else { 2 }, self.is_old))?;
                self.put_made(NOWHERE)
            }
            number => self.other_int(number, base),
        }
    }

    /// Reads an integer in any of its forms.
    fn other_int(&mut self, op: &Op, base: usize) -> Option<()> {
        let value = self.wide_int()?;
        match op {
            Op::I8(at) => self.write(base, *at, i8::try_from(value).ok()?.to_le_bytes()),
            Op::I16(at) => self.write(base, *at, i16::try_from(value).ok()?.to_le_bytes()),
            Op::I32(at) => self.write(base, *at, i32::try_from(value).ok()?.to_le_bytes()),
            Op::I64(at) => self.write(base, *at, i64::try_from(value).ok()?.to_le_bytes()),
            Op::U8(at) => self.write(base, *at, u8::try_from(value).ok()?.to_le_bytes()),
            Op::U16(at) => self.write(base, *at, u16::try_from(value).ok()?.to_le_bytes()),
            Op::U32(at) => self.write(base, *at, u32::try_from(value).ok()?.to_le_bytes()),
            Op::U64(at) => self.write(base, *at, u64::try_from(value).ok()?.to_le_bytes()),
            _ => None,
        }
    }
}

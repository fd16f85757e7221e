//! The quickest way to read a row: its values, and the bytes before each of them, which are the same in every row once
//! the names in it are in the memo. They are found out from a row that was read in the other way.

use alloc::vec::Vec;
use core::cell::Cell;
use core::mem::size_of;

use super::chunk::{Chunk, Places, narrow, write};
use super::row::Op;

/// After so many rows for which the fields had to be found out anew, with none in between that was as they are, they are
/// not used any more: where what is put in the memo has a number, no two rows are the same.
const MOST_MISSES: u32 = 8;

/// The fields of a row.
pub(super) struct Fields {
    pub list: Vec<Field>,
    /// They are known from this many things in the memo on. All that they get from it is among those: with fewer, which
    /// is so only where something was read in vain, it might not be there yet.
    from: usize,
    /// How often they were found out anew since a row was as they are.
    misses: Cell<u32>,
}

/// A value, and what stands before it.
pub(super) struct Field {
    before: u128,
    /// The bits of a block that belong to it.
    mask: u128,
    len: u8,
    /// How many of the bytes put something in the memo.
    puts: u8,
    value: Value,
    at: u32,
}

#[derive(Clone, Copy)]
enum Value {
    Bool,
    I8,
    I16,
    I32,
    I64,
    U8,
    U16,
    U32,
    U64,
    Float,
    Double,
    Text,
    /// The group that the operation with this number reads.
    Group(u32),
    /// What stands behind the last value.
    End,
}

/// The places at which the operations of a row begin, and its end.
pub(super) type Trace = Vec<Places>;

impl Default for Fields {
    fn default() -> Self {
        Self { list: Vec::new(), from: usize::MAX, misses: Cell::new(0) }
    }
}

impl Fields {
    /// Whether a row can be read by them while so many things are in the memo.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn are_known(&self, put: usize) -> bool {
        put >= self.from
    }

    /// Says that so many rows were as they are.
    pub fn hit(&self, count: usize) {
        if count > 0 {
            self.misses.set(0);
        }
    }

    /// Where to note how a row is read, if they are to be found out from that.
    pub fn trace(&mut self) -> Option<Trace> {
        self.from = usize::MAX;
        (self.misses.get() < MOST_MISSES).then(Vec::new)
    }

    /// Finds them out from where each operation began.
    pub fn learn(&mut self, ops: &[Op], trace: &Trace, input: &[u8]) {
        self.misses.set(self.misses.get() + 1);
        self.list.clear();
        self.from = self.find(ops, trace, input).unwrap_or(usize::MAX);
    }

    fn find(&mut self, ops: &[Op], trace: &Trace, input: &[u8]) -> Option<usize> {
        let mut from = trace.first()?;
        for (number, op) in ops.iter().enumerate() {
            if let Op::Optional { .. } = op {
                return None;
            }
            if let Some((value, at)) = Value::of(op, number) {
                self.list.push(Field::new((value, at), (from, trace.get(number)?), input)?);
                from = trace.get(number + 1)?;
            }
        }
        let end = trace.last()?;
        let field = Field::new((Value::End, 0), (from, end), input)?;
        self.list.extend((field.len > 0).then_some(field));
        Some(end.put)
    }
}

impl Field {
    /// What is long has no field.
    fn new((value, at): (Value, u32), (from, to): (&Places, &Places), input: &[u8]) -> Option<Self> {
        let bytes = input.get(from.at..to.at)?;
        let mut before = [0; size_of::<u128>()];
        before.get_mut(..bytes.len())?.copy_from_slice(bytes);
        let mask = u128::MAX.checked_shr(u128::BITS - 8 * bytes.len() as u32).unwrap_or(0);
        // Each of the puts is an opcode among so few bytes.
        let (len, puts) = (bytes.len() as u8, to.put.checked_sub(from.put)? as u8);
        Some(Self { before: u128::from_le_bytes(before), mask, len, puts, value, at })
    }
}

impl Value {
    fn of(op: &Op, number: usize) -> Option<(Self, u32)> {
        Some(match op {
            Op::Bool { at } => (Self::Bool, *at),
            Op::I8 { at } => (Self::I8, *at),
            Op::I16 { at } => (Self::I16, *at),
            Op::I32 { at } => (Self::I32, *at),
            Op::I64 { at } => (Self::I64, *at),
            Op::U8 { at } => (Self::U8, *at),
            Op::U16 { at } => (Self::U16, *at),
            Op::U32 { at } => (Self::U32, *at),
            Op::U64 { at } => (Self::U64, *at),
            Op::Float { at } => (Self::Float, *at),
            Op::Double { at } => (Self::Double, *at),
            Op::Text { at } => (Self::Text, *at),
            Op::Group { at, .. } => (Self::Group(number as u32), *at),
            _ => return None,
        })
    }
}

impl Chunk<'_> {
    /// Reads a row by its fields.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn fields(&mut self, fields: &[Field], ops: &[Op], head: &mut [u8]) -> Option<()> {
        for field in fields {
            if field.len > 0 {
                if u128::from_le_bytes(*self.block()?) & field.mask != field.before {
                    return None;
                }
                self.now.at += usize::from(field.len);
                // What stands there says already that these are at no place.
                self.now.put += usize::from(field.puts);
            }
            let at = field.at;
            match field.value {
                Value::Text => self.text(head, at)?,
                Value::I32 => write(head, at, i32::try_from(self.int()?).ok()?.to_le_bytes())?,
                Value::I64 => write(head, at, self.int()?.to_le_bytes())?,
                Value::Double => write(head, at, self.float()?.to_le_bytes())?,
                Value::Float => write(head, at, narrow(self.float()?)?.to_le_bytes())?,
                Value::Bool => write(head, at, [self.bool()?])?,
                Value::I8 => write(head, at, i8::try_from(self.int()?).ok()?.to_le_bytes())?,
                Value::I16 => write(head, at, i16::try_from(self.int()?).ok()?.to_le_bytes())?,
                Value::U8 => write(head, at, u8::try_from(self.int()?).ok()?.to_le_bytes())?,
                Value::U16 => write(head, at, u16::try_from(self.int()?).ok()?.to_le_bytes())?,
                Value::U32 => write(head, at, u32::try_from(self.int()?).ok()?.to_le_bytes())?,
                Value::U64 => write(head, at, u64::try_from(self.int()?).ok()?.to_le_bytes())?,
                Value::Group(number) => self.now = self.again().group(ops.get(number as usize)?, head)?,
                Value::End => {}
            }
        }
        // There is a place in the memo for all that was put.
        (self.now.put <= self.memo.len()).then_some(())
    }
}

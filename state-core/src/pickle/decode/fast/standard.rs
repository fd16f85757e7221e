//! The types for which Python has a class.

use core::cell::Cell;

use super::plan::Standard;
use super::{Kept, NOTHING, Reader};
use crate::pickle::opcode as op;
use crate::standard::{Known, date, datetime, decimal, int, time, timedelta};

/// Where in the memo the classes of a time were last.
type Seen = [Cell<Kept>; 3];

impl Reader<'_> {
    pub(super) fn standard(&mut self, base: usize, of: &Standard) -> Option<()> {
        let (at, seen) = (base + of.at as usize, &of.seen);
        match of.known {
            Known::Int | Known::Natural => self.int_of_any_size(of.known, at),
            Known::Uuid => {
                let number = self.uuid(seen)?;
                self.fill(at, &number.to_be_bytes())
            }
            Known::Date => {
                let packed = self.made_of("datetime.date", &seen[0], &Self::packed)?;
                self.fill(at, &date::of_packed(packed)?)
            }
            Known::Time => {
                let packed = self.made_of("datetime.time", &seen[0], &Self::packed)?;
                self.fill(at, &time::of_packed(packed)?)
            }
            Known::DateTime => {
                let packed = self.made_of("datetime.datetime", &seen[0], &Self::packed)?;
                self.fill(at, &datetime::of_packed(packed, 0)?)
            }
            Known::Utc | Known::Zoned => {
                let (head, offset) = self.moment(seen)?;
                self.fill(at, &head)?;
                if of.known == Known::Utc { Some(()) } else { self.fill(at + head.len(), &offset.to_le_bytes()) }
            }
            Known::Delta => {
                let head = self.delta(&seen[0])?;
                self.fill(at, &head)
            }
            Known::Decimal => {
                let head = self.made_of("decimal.Decimal", &seen[0], &|this, start| {
                    this.open_call()?;
                    let head = decimal::of_text(core::str::from_utf8(&this.string()?).ok()?)?;
                    this.end_call(op::TUPLE1, start)?;
                    Some(head)
                })?;
                self.fill(at, &head)
            }
        }
    }

    /// A difference of times, or a time in its zone as one since 1970.
    #[cold]
    pub(super) fn seconds_of_python(&mut self, signed: bool, at: usize) -> Option<()> {
        let seen = [const { Cell::new(NOTHING) }; 3];
        let head = match signed {
            true => datetime::since_1970(self.moment(&seen)?.0)?,
            false => self.delta(&seen[0]).filter(|head| head[7] < 0x80)?,
        };
        self.fill(at, &head)
    }

    /// An object of a class, and what is made of the rest of it: here or, as it comes from the memo, where it stands.
    fn made_of<T>(
        &mut self,
        tag: &'static str,
        seen: &Cell<Kept>,
        rest: &dyn Fn(&mut Self, u32) -> Option<T>,
    ) -> Option<T> {
        self.peek()?;
        let start = self.at as u32;
        match self.named(seen, |name| name.is(tag))? {
            None => rest(self, start),
            Some(kept) => self.again(kept, |this| this.made_of(tag, seen, rest)),
        }
    }

    /// A single argument: bytes in which several numbers are packed.
    fn packed<const N: usize>(&mut self, start: u32) -> Option<[u8; N]> {
        self.open_call()?;
        let packed = self.byte_string()?.as_ref().try_into().ok()?;
        self.end_call(op::TUPLE1, start)?;
        Some(packed)
    }

    fn delta(&mut self, seen: &Cell<Kept>) -> Option<[u8; 12]> {
        self.made_of("datetime.timedelta", seen, &|this, start| {
            this.open_call()?;
            let numbers = [this.wide_int()?, this.wide_int()?, this.wide_int()?];
            this.end_call(op::TUPLE3, start)?;
            timedelta::of_numbers(numbers)
        })
    }

    /// A time in its zone, and how far that is ahead.
    fn moment(&mut self, seen: &Seen) -> Option<([u8; 12], i32)> {
        self.made_of("datetime.datetime", &seen[0], &|this, start| {
            this.open_call()?;
            let packed = this.byte_string()?.as_ref().try_into().ok()?;
            let offset = this.zone(seen)?;
            this.end_call(op::TUPLE2, start)?;
            Some((datetime::of_packed(packed, offset)?, offset))
        })
    }

    /// How far a time zone is ahead. Most times have that of the time before.
    fn zone(&mut self, seen: &Seen) -> Option<i32> {
        let at = self.at;
        let kept = self.composite();
        if kept == Some(self.zone.0) {
            return Some(self.zone.1);
        }
        self.at = at;
        let offset = self.made_of("datetime.timezone", &seen[1], &|this, start| {
            this.open_call()?;
            let delta = this.delta(&seen[2])?;
            this.end_call(op::TUPLE1, start)?;
            datetime::offset(delta)
        })?;
        if let Some(kept) = kept {
            self.zone = (kept, offset);
        }
        Some(offset)
    }

    fn uuid(&mut self, seen: &Seen) -> Option<u128> {
        const TAG: &str = "uuid.UUID";
        self.peek()?;
        let start = self.at as u32;
        if !(self.is_old && self.rebuilt(TAG, seen)?) {
            if let Some(kept) = self.named(&seen[0], |name| name.is(TAG))? {
                return self.again(kept, |this| this.uuid(seen));
            }
            self.code(op::EMPTY_TUPLE)?;
            self.code(op::NEWOBJ)?;
            self.put(self.made(start))?;
        }
        self.peek()?;
        let state = self.at;
        if self.plans.is_text {
            self.code(op::MARK)?;
        }
        let empty = if self.plans.is_text { op::DICT } else { op::EMPTY_DICT };
        // In protocol 0 a dict can also be made of what is behind the mark.
        let is_empty = self.peek()? == empty;
        if is_empty {
            self.at += 1;
            self.put(state as Kept)?;
        } else if !self.plans.is_text {
            return None;
        }
        if *self.name()? != *b"int" {
            return None;
        }
        let number = self.unsigned()?;
        if is_empty {
            self.code(op::SETITEM)?;
        } else {
            self.code(op::DICT)?;
            self.put(state as Kept)?;
        }
        self.code(op::BUILD)?;
        Some(number)
    }

    fn int_of_any_size(&mut self, known: Known, at: usize) -> Option<()> {
        let small;
        let mut bytes = if self.peek()? == op::LONG1 {
            let [len] = self.argument()?;
            self.bytes(len.into())?
        } else {
            small = self.int()?.to_le_bytes();
            &small
        };
        let is_signed = known == Known::Int;
        if !is_signed && bytes.last().is_some_and(|&last| last >= 0x80) {
            return None;
        }
        while let ([rest @ .., _], false) = (bytes, int::is_shortest(bytes, is_signed)) {
            bytes = rest;
        }
        self.length(at, bytes.len())?;
        self.tail.extend_from_slice(bytes);
        Some(())
    }
}

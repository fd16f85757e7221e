//! The types for which Python has a class.

use core::cell::Cell;

use super::Reader;
use super::memo::{Entry, is_composite};
use super::plan::{Around, Seen, Standard, UNSEEN};
use crate::pickle::opcode as op;
use crate::standard::{Known, date, datetime, decimal, int, time, timedelta};

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
                let packed = self.made_of("datetime.date", &seen[0], op::TUPLE1, &Self::packed)?;
                self.fill(at, &date::of_packed(packed)?)
            }
            Known::Time => {
                let packed = self.made_of("datetime.time", &seen[0], op::TUPLE1, &Self::packed)?;
                self.fill(at, &time::of_packed(packed)?)
            }
            Known::DateTime => {
                let packed = self.made_of("datetime.datetime", &seen[0], op::TUPLE1, &Self::packed)?;
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
                let head = self.made_of("decimal.Decimal", &seen[0], op::TUPLE1, &|this| {
                    decimal::of_text(core::str::from_utf8(&this.string()?).ok()?)
                })?;
                self.fill(at, &head)
            }
        }
    }

    /// Reads a `datetime` with its zone as the time since 1970 if `signed`, otherwise a `timedelta`.
    #[cold]
    pub(super) fn seconds_of_python(&mut self, signed: bool, at: usize) -> Option<()> {
        let seen = UNSEEN;
        let head = match signed {
            true => datetime::since_1970(self.moment(&seen)?.0)?,
            false => self.delta(&seen[0]).filter(|head| head[7] < 0x80)?,
        };
        self.fill(at, &head)
    }

    /// Reads a call of the class with this type tag, and returns what `arguments` makes of its arguments.
    fn made_of<T>(
        &mut self,
        tag: &str,
        seen: &Cell<Entry>,
        tuple: u8,
        arguments: &dyn Fn(&mut Self) -> Option<T>,
    ) -> Option<T> {
        self.called(seen, &|name| name.is(tag), tuple, arguments)
    }

    /// Reads bytes that pack several numbers.
    fn packed<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.byte_string()?.as_ref().try_into().ok()
    }

    fn delta(&mut self, seen: &Cell<Entry>) -> Option<[u8; 12]> {
        self.made_of("datetime.timedelta", seen, op::TUPLE3, &|this| {
            timedelta::of_numbers([this.wide_int()?, this.wide_int()?, this.wide_int()?])
        })
    }

    /// Reads a `datetime` with its zone, and returns the offset of the zone as well.
    fn moment(&mut self, seen: &Seen) -> Option<([u8; 12], i32)> {
        self.made_of("datetime.datetime", &seen[0], op::TUPLE2, &|this| {
            let (packed, offset) = (this.packed()?, this.zone(seen)?);
            Some((datetime::of_packed(packed, offset)?, offset))
        })
    }

    /// Reads a time zone and returns its offset from UTC. Most times have the zone of the time before.
    fn zone(&mut self, seen: &Seen) -> Option<i32> {
        let at = self.at;
        let kept = self.composite();
        if kept == Some(self.zone.0) {
            return Some(self.zone.1);
        }
        self.at = at;
        let offset =
            self.made_of("datetime.timezone", &seen[1], op::TUPLE1, &|this| datetime::offset(this.delta(&seen[2])?))?;
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
            let kept = self.named(&seen[0], |name| name.is(TAG))?;
            if is_composite(kept) {
                return self.again(kept, |this| this.uuid(seen));
            }
            self.code(op::EMPTY_TUPLE)?;
            self.code(op::NEWOBJ)?;
            self.put_made(start)?;
        }
        let (is_text, mut begin) = (self.plans.is_text, 0);
        if is_text {
            self.around_attributes(Around::Open, &mut begin)?;
        } else {
            let state = self.at;
            self.code(op::EMPTY_DICT)?;
            self.put(state as Entry)?;
        }
        (*self.name()? == *b"int").then_some(())?;
        let number = self.unsigned()?;
        if is_text {
            self.around_attributes(Around::Each, &mut begin)?;
            self.around_attributes(Around::Close, &mut begin)?;
        } else {
            self.code(op::SETITEM)?;
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

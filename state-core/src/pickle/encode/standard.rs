//! The types for which Python has a class, written as Python pickles them: by the names of the classes, and the bytes
//! and numbers from which they make their objects.

use alloc::string::ToString;

use super::global::Global;
use super::group::{dict_codes, tuple_codes};
use super::plan::{Part, Step, Word};
use super::planner::{Planner, Steps};
use super::rest::{disagreement, part, part_of};
use super::write::Write;
use crate::error::{Error, ErrorKind, Result};
use crate::pickle::opcode::{BUILD, REDUCE};
use crate::standard::{Known, date, datetime, decimal, time, timedelta, timezone};
use crate::value::Int;

impl Planner {
    pub fn standard(&mut self, known: Known, at: usize, steps: &mut Steps<'_>) -> Result<()> {
        let part = |part| Step::Standard { at, part };
        let packed = part(Part::Packed(known));
        match known {
            Known::Int | Known::Natural => steps.push(part(Part::Number(known))),
            Known::Uuid => {
                self.made(Global::new("uuid", "UUID"), steps);
                let (open, close) = dict_codes(self.protocol, 1);
                steps.code(open);
                let name = self.word(Word::Text("int".to_string()));
                steps.push(Step::Word(name));
                steps.push(part(Part::Uuid));
                steps.code(close);
                steps.code(&[BUILD]);
            }
            Known::Decimal => self.call(Global::new("decimal", "Decimal"), 1, steps, |_, steps| {
                steps.push(part(Part::Decimal));
            }),
            Known::Date => self.datetime("date", 1, steps, |_, steps| steps.push(packed)),
            Known::Time => self.datetime("time", 1, steps, |_, steps| steps.push(packed)),
            Known::DateTime => self.datetime("datetime", 1, steps, |_, steps| steps.push(packed)),
            Known::Delta => self.datetime("timedelta", 3, steps, |_, steps| steps.push(part(Part::Delta))),
            Known::Utc | Known::Zoned => self.datetime("datetime", 2, steps, |this, steps| {
                steps.push(packed);
                this.datetime("timezone", 1, steps, |this, steps| {
                    this.datetime("timedelta", 3, steps, |_, steps| match known {
                        Known::Zoned => steps.push(part(Part::Offset)),
                        _ => (0..3).for_each(|_| steps.push(Step::Constant(0))),
                    });
                });
            }),
        }
        Ok(())
    }

    /// Adds a call of a class of `datetime` with `count` arguments.
    fn datetime(
        &mut self,
        class: &str,
        count: usize,
        steps: &mut Steps<'_>,
        args: impl FnOnce(&mut Self, &mut Steps<'_>),
    ) {
        self.call(Global::new("datetime", class), count, steps, args);
    }

    fn call(
        &mut self,
        class: Global<'_>,
        count: usize,
        steps: &mut Steps<'_>,
        args: impl FnOnce(&mut Self, &mut Steps<'_>),
    ) {
        let class = self.global(class);
        steps.push(Step::Word(class));
        let (open, close) = tuple_codes(self.protocol, count);
        steps.code(open);
        args(self, steps);
        steps.code(close);
        steps.code(&[REDUCE]);
    }
}

impl<'i> Write<'_, 'i, '_, '_, '_> {
    pub fn standard(&mut self, head: &'i [u8], at: usize, kind: Part) -> Result<()> {
        match kind {
            Part::Packed(known) => {
                let head = part_of(head, at, known.head())?;
                let beyond = || beyond(known);
                match known {
                    Known::Date => self.sink.bytes(&date::pack(head).ok_or_else(beyond)?),
                    Known::Time => self.sink.bytes(&time::pack(head).ok_or_else(beyond)?),
                    Known::Zoned => {
                        let offset = timezone::offset(head).ok_or_else(disagreement)?;
                        self.sink.bytes(&datetime::pack(head, offset).ok_or_else(beyond)?)
                    }
                    _ => self.sink.bytes(&datetime::pack(head, 0).ok_or_else(beyond)?),
                }
            }
            Part::Delta => {
                let numbers = timedelta::numbers(part_of(head, at, Known::Delta.head())?);
                self.numbers(numbers.ok_or_else(|| beyond(Known::Delta))?)
            }
            Part::Offset => {
                let offset = timezone::offset(part_of(head, at, Known::Zoned.head())?).ok_or_else(disagreement)?;
                self.numbers(timezone::numbers(offset))
            }
            Part::Uuid => {
                self.sink.unsigned_long(u128::from_be_bytes(*part(head, at)?));
                Ok(())
            }
            Part::Decimal => {
                let text = decimal::text(part::<16>(head, at)?).ok_or_else(disagreement)?;
                self.sink.utf8(text.as_bytes(), text.len())
            }
            Part::Number(known) => {
                let len = self.length(part::<4>(head, at)?)?;
                let bytes = self.rest.bytes(len)?;
                self.number(known, bytes)
            }
        }
    }

    fn numbers(&mut self, numbers: [i64; 3]) -> Result<()> {
        for number in numbers {
            self.sink.int(number);
        }
        Ok(())
    }

    fn number(&mut self, known: Known, bytes: &[u8]) -> Result<()> {
        let sign: &[u8] =
            if known == Known::Natural && bytes.last().is_some_and(|&last| last >= 0x80) { &[0] } else { &[] };
        let bytes = [bytes, sign].concat();
        let int = Int::from_le_bytes_signed(&bytes);
        if let Ok(small) = i128::try_from(&int) {
            self.sink.long(small);
            return Ok(());
        }
        self.sink.wide_long(&bytes, || int.to_string())
    }
}

#[cold]
fn beyond(known: Known) -> Error {
    let expected = "a time that Python can hold: of the years 1 to 9999, in whole microseconds, and no leap second";
    Error::new(ErrorKind::Unwritable, expected, alloc::format!("another {}", known.name()))
}

//! Values without parts, from their heads: numbers, points in time, text, and the types for which Python has a class.

use alloc::format;

use super::{Read, little_endian};
use crate::error::{Error, ErrorKind, Result};
use crate::standard::{Known, decimal, int, time, timedelta, timezone};
use crate::walk::{Encoder, Group};

impl<'a, E: Encoder + ?Sized> Read<'a, '_, E> {
    pub(super) fn int(&mut self, signed: bool, nonzero: bool, head: &'a [u8]) -> Result<()> {
        let value = little_endian(head);
        if nonzero && value == 0 {
            return self.malformed("a number that is not zero", 0, head);
        }
        if signed {
            let unused = 128 - 8 * head.len();
            self.encoder.int((value << unused) as i128 >> unused);
        } else {
            match i128::try_from(value) {
                Ok(value) => self.encoder.int(value),
                Err(_) => self.encoder.big(value),
            }
        }
        Ok(())
    }

    pub(super) fn seconds(&mut self, signed: bool, head: &'a [u8]) -> Result<()> {
        let (seconds, nanos) = head.split_at(8);
        let nanoseconds = little_endian(nanos);
        if nanoseconds >= 1_000_000_000 {
            return self.malformed("nanoseconds below a second", nanoseconds, nanos);
        }
        self.encoder.begin(Group::Tuple(2));
        self.int(signed, false, seconds)?;
        self.int(false, false, nanos)?;
        self.encoder.end();
        Ok(())
    }

    pub(super) fn known(&mut self, known: Known, head: &'a [u8]) -> Result<()> {
        let is_valid = match known {
            Known::Date | Known::Uuid => true,
            Known::Time => time::clock(head, 0).is_some(),
            Known::DateTime | Known::Utc => time::clock(head, 4).is_some(),
            Known::Zoned => time::clock(head, 4).is_some() && timezone::offset(head).is_some(),
            Known::Delta => timedelta::span(head).is_some(),
            Known::Decimal => decimal::is_valid(head),
            Known::Int | Known::Natural => {
                let count = self.length(head)?;
                let run = self.run(count, 1)?;
                if !int::is_shortest(run, known == Known::Int) {
                    return self.malformed("an integer", "one in more bytes than it takes", run);
                }
                self.encoder.known(known, run);
                return Ok(());
            }
        };
        if !is_valid {
            return self.malformed(known.name(), format!("{head:02x?}"), head);
        }
        self.encoder.known(known, head);
        Ok(())
    }

    pub(super) fn text(&mut self, head: &'a [u8]) -> Result<&'a str> {
        let len = self.length(head)?;
        let left = self.text.as_bytes().len();
        match self.text.cut(len) {
            Some(text) => Ok(text),
            None if len > left => {
                let left = format!("{left} bytes left");
                Err(self.at(Error::new(ErrorKind::Malformed, format!("text of {len} bytes"), left), head))
            }
            None => self.malformed("text that ends between two characters", "one that does not", head),
        }
    }
}

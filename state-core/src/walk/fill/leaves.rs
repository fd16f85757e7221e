//! Values without parts that are values themselves.

use super::{Fill, wrong};
use crate::error::{Error, Result};
use crate::protocol::float;
use crate::schema::{Kind, Schema};
use crate::standard::{self, Known};
use crate::walk::{Decoder, cbor};

impl<'v, 's> Fill<'v, 's> {
    /// Writes a value that has no parts that are values themselves.
    pub(super) fn leaf<D: Decoder<'v>>(&mut self, schema: &'s Schema, value: D, at: usize) -> Result<()> {
        let shown = self.show(schema);
        let wrong = || wrong(shown, value);
        match &schema.kind {
            Kind::Unit => value.sequence().filter(|items| items.len() == 0).map(drop).ok_or_else(wrong)?,
            Kind::Bool => self.builder.write(at, &[u8::from(value.bool().ok_or_else(wrong)?)]),
            Kind::Char => {
                let char = value.str().and_then(only_char).ok_or_else(wrong)?;
                self.builder.write(at, &u32::from(char).to_le_bytes());
            }
            Kind::Int { bits, signed, nonzero } => {
                let bytes = int(value, *bits, *signed).filter(|bytes| !nonzero || *bytes != [0; 16]);
                let bytes = bytes.ok_or_else(wrong)?;
                self.builder.write(at, &bytes[..usize::from(*bits) / 8]);
            }
            Kind::Float { bits: 32 } => {
                let wide = value.float().ok_or_else(wrong)?;
                let narrow = float::narrow(wide);
                if narrow.is_infinite() && wide.is_finite() {
                    return Err(wrong());
                }
                self.builder.write(at, &narrow.to_le_bytes());
            }
            Kind::Float { .. } => self.builder.write(at, &value.float().ok_or_else(wrong)?.to_le_bytes()),
            Kind::Seconds { signed } if value.items().is_none() => {
                let head = if *signed {
                    standard::datetime::moment(value).and_then(|(head, _)| standard::datetime::since_1970(head))
                } else {
                    standard::timedelta::head(value)
                };
                let head = head.filter(|head| *signed || head[7] < 0x80).ok_or_else(wrong)?;
                self.builder.write(at, &head);
            }
            Kind::Seconds { signed } => {
                let mut parts = value.sequence().filter(|items| items.len() == 2).ok_or_else(wrong)?;
                let (seconds, nanos) = (parts.next().ok_or_else(wrong)?, parts.next().ok_or_else(wrong)?);
                self.builder.write(at, &int(seconds, 64, *signed).ok_or_else(wrong)?[..8]);
                self.builder.write(at + 8, &int(nanos, 32, false).ok_or_else(wrong)?[..4]);
            }
            Kind::Str => {
                let text = standard::text(value).ok_or_else(wrong)?;
                self.builder.length(at, text.len());
                self.builder.text.extend_from_slice(text.as_bytes());
            }
            Kind::List(_) => self.bytes(value, at, wrong)?,
            Kind::Array(_, len) => {
                let bytes = value.bytes().filter(|bytes| bytes.len() as u64 == *len).ok_or_else(wrong)?;
                self.builder.write(at, bytes);
            }
            Kind::Grid(of, dimensions) => self.grid((schema, *of, *dimensions), value, at)?,
            Kind::Known(of) => {
                let image = standard::image(*of, value).ok_or_else(wrong)?;
                match of {
                    Known::Int | Known::Natural => {
                        self.builder.length(at, image.len());
                        let run = self.builder.run(image.len(), 1);
                        self.builder.write(run, &image);
                    }
                    _ => self.builder.write(at, &image),
                }
            }
            Kind::Serde => self.serde(value, at)?,
            #[cfg(feature = "pyo3")]
            Kind::Handle(handle) => {
                let place = value.handle().filter(|&place| (handle.accepts)(place)).ok_or_else(wrong)?;
                self.builder.write(at, &place.to_le_bytes());
            }
            // The others are in slots or in raw arrays, which are filled whole; or they have parts.
            _ => return Err(wrong()),
        }
        Ok(())
    }

    fn bytes<D: Decoder<'v>>(&mut self, value: D, at: usize, wrong: impl FnOnce() -> Error) -> Result<()> {
        let bytes = value.bytes().ok_or_else(wrong)?;
        self.builder.length(at, bytes.len());
        let run = self.builder.run(bytes.len(), 1);
        self.builder.write(run, bytes);
        Ok(())
    }

    fn serde<D: Decoder<'v>>(&mut self, value: D, at: usize) -> Result<()> {
        let item = cbor::write(value)?;
        self.builder.length(at, item.len());
        let run = self.builder.run(item.len(), 1);
        self.builder.write(run, &item);
        Ok(())
    }
}

/// Returns the two's complement of an integer that fits.
pub(super) fn int<'v, D: Decoder<'v>>(value: D, bits: u8, signed: bool) -> Option<[u8; 16]> {
    let unused = u32::from(128 - bits);
    if signed {
        let value = value.int().filter(|value| (value << unused) >> unused == *value)?;
        return Some(value.to_le_bytes());
    }
    let value = value.big().filter(|value| (value << unused) >> unused == *value)?;
    Some(value.to_le_bytes())
}

fn only_char(text: &str) -> Option<char> {
    let mut chars = text.chars();
    chars.next().filter(|_| chars.next().is_none())
}

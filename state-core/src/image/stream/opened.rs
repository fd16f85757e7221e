//! The start of a stream that is read, which identifies the type of its states.

use alloc::vec::Vec;
use std::io::{self, Read};

use super::frame::{HEADER, Header, States, damaged, padding, too_long};
use crate::error::{Error, ErrorKind};
use crate::image::aligned::{Aligned, fill};
use crate::schema::fingerprint::hash;
use crate::schema::{Carried, Rows};

/// The header of a stream, and the schema.
#[derive(Debug)]
pub(in crate::image) struct Opened {
    pub fingerprint: u64,
    /// The rows before the schema.
    pub rows: Rows<'static>,
    pub schema: Vec<u8>,
    /// Where the states start.
    pub end: u64,
}

impl Opened {
    /// Reads the header and the schema, of up to `max_schema` bytes.
    pub fn read(source: &mut impl Read, max_schema: u64, states: States) -> io::Result<Self> {
        let mut start = [0; HEADER];
        if fill(source, &mut start)? < HEADER {
            return Err(torn("the header of a stream", 0));
        }
        let header = Header::open(start, states)?;
        if header.schema() > max_schema {
            let setting = match states {
                States::Framed => "StreamReader::with_max_schema",
                States::Bare => "BareReader::with_max_schema",
            };
            return Err(too_long("a schema", setting, max_schema, header.schema(), 16).into());
        }
        let len = HEADER as u64 + header.schema();
        let end = len + padding(len);
        let mut bytes = Aligned::new();
        if bytes.read(source, end - HEADER as u64)? < end - HEADER as u64 {
            return Err(torn("the schema of a stream", 0));
        }
        let split = bytes.bytes().split_at_checked(usize::try_from(header.schema()).unwrap_or(usize::MAX));
        let (carried, zeros) = split.unwrap_or_default();
        let parts = Carried::divide(carried, header.front())
            .filter(|(_, schema)| header.holds(carried, zeros) && hash(schema) == header.fingerprint());
        let Some((rows, schema)) = parts else { return Err(damaged("the header of a stream", 0).into()) };
        Ok(Self { fingerprint: header.fingerprint(), rows: rows.into_owned(), schema: schema.to_vec(), end })
    }
}

#[cold]
pub(in crate::image) fn torn(expected: &'static str, position: u64) -> io::Error {
    let error = Error::new(ErrorKind::Length, expected, "the end of the stream");
    let error = match usize::try_from(position) {
        Ok(position) => error.at_byte(position),
        Err(_) => error,
    };
    io::Error::new(io::ErrorKind::UnexpectedEof, error)
}

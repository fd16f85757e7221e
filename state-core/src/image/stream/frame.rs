//! What surrounds the states of a stream: the header before all of them, and a frame around each.

use alloc::vec::Vec;

use super::crc::Crc;
use crate::error::{Error, ErrorKind, Result};
use crate::image::header;
use crate::protocol::layout::ALIGN;
use crate::schema::{Carried, Front};

/// The length in bytes of the longest state that is read or written unless another limit is set: 1 GiB.
pub const MAX_STATE: u64 = 1 << 30;

/// The length in bytes of the longest schema that is read unless another limit is set: 16 MiB.
pub const MAX_SCHEMA: u64 = 1 << 24;

const VERSION: u8 = 1;
const WITH_ARRAYS: u8 = 1;
const NUMBERED: u8 = 2;
const BARE: u8 = 4;
const WITH_MEMBERS: u8 = 8;
/// The flags of streams of images: states without a header number no references, and are not upgraded.
const FRAMED: u8 = NUMBERED | WITH_MEMBERS;

/// The sizes of the header before the schema, and of a frame before its image.
pub(super) const HEADER: usize = 24;
pub(super) const FRAME: usize = 16;

/// Returns the number of bytes up to the next multiple of 16.
pub(super) fn padding(len: u64) -> u64 {
    len.wrapping_neg() % ALIGN as u64
}

/// The form of the states after the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::image) enum States {
    /// Images, each in a frame.
    Framed,
    /// States without a header.
    Bare,
}

/// Returns the header of a stream of a type, with the schema and the padding.
pub(in crate::image) fn write_header(fingerprint: u64, schema: &Carried, states: States) -> Vec<u8> {
    let Carried { bytes: schema, front } = schema;
    let flag = |is_set, flag| if is_set { flag } else { 0 };
    let carried = flag(front.arrays, WITH_ARRAYS) | flag(front.numbered, NUMBERED) | flag(front.members, WITH_MEMBERS);
    let flags = carried | flag(states == States::Bare, BARE);
    let mut bytes = Vec::with_capacity(HEADER + schema.len() + ALIGN);
    bytes.extend_from_slice(&header::STREAM);
    bytes.extend_from_slice(&[VERSION, flags, 0, 0]);
    bytes.extend_from_slice(&fingerprint.to_le_bytes());
    // The length fits: a schema has a few bytes for each slot that someone declared.
    bytes.extend_from_slice(&(schema.len() as u32).to_le_bytes());
    bytes.extend_from_slice(&Crc::new().with(&bytes).with(schema).finish().to_le_bytes());
    bytes.extend_from_slice(schema);
    bytes.resize(bytes.len().next_multiple_of(ALIGN), 0);
    bytes
}

/// The start of a stream, before its schema.
#[derive(Clone, Copy)]
pub(super) struct Header {
    bytes: [u8; HEADER],
}

impl Header {
    pub fn open(bytes: [u8; HEADER], states: States) -> Result<Self> {
        if bytes[..4] != header::STREAM {
            let found = if bytes[..4] == header::MAGIC { "a single state" } else { "other bytes" };
            return Err(Error::new(ErrorKind::NotState, "a stream of states (magic D7 53 54 53)", found).at_byte(0));
        }
        match bytes[4..8] {
            [VERSION, flags, 0, 0]
                if flags & !(WITH_ARRAYS | BARE | FRAMED) == 0 && (flags & BARE == 0 || flags & FRAMED == 0) =>
            {
                let (is_bare, this) = (flags & BARE != 0, Self { bytes });
                if is_bare == (states == States::Bare) { Ok(this) } else { Err(of_others(is_bare)) }
            }
            [version, ..] => {
                let found = alloc::format!("version {version}, or flags that it does not have");
                Err(Error::new(ErrorKind::Version, "stream version 1", found).at_byte(4))
            }
            [] => Err(damaged("a header", 0)),
        }
    }

    pub fn fingerprint(&self) -> u64 {
        number(&self.bytes[8..16])
    }

    /// Returns what precedes the schema.
    pub fn front(&self) -> Front {
        let has = |flag| self.bytes[5] & flag != 0;
        Front { members: has(WITH_MEMBERS), arrays: has(WITH_ARRAYS), numbered: has(NUMBERED) }
    }

    /// Returns the number of bytes of the schema and what precedes it.
    pub fn schema(&self) -> u64 {
        number(&self.bytes[16..20])
    }

    /// Whether the schema and the padding after it are intact.
    pub fn holds(&self, schema: &[u8], padding: &[u8]) -> bool {
        let crc = Crc::new().with(&self.bytes[..20]).with(schema).finish();
        u64::from(crc) == number(&self.bytes[20..]) && padding.iter().all(|&byte| byte == 0)
    }
}

/// The start of a frame.
#[derive(Clone, Copy)]
pub(super) struct Frame {
    /// The number of bytes in the image, without the padding after it.
    pub len: u64,
    crc: u32,
}

impl Frame {
    /// Returns the frame of an image in pieces.
    pub fn of<'a>(image: impl Iterator<Item = &'a [u8]>) -> Self {
        let (len, crc) = image.fold((0, Crc::new()), |(len, crc), piece| (len + piece.len() as u64, crc.with(piece)));
        Self { len, crc: crc.finish() }
    }

    /// Returns the bytes of a frame at `position`. They are not valid anywhere else.
    pub fn write(&self, position: u64) -> [u8; FRAME] {
        let mut bytes = [0; FRAME];
        bytes[..8].copy_from_slice(&self.len.to_le_bytes());
        bytes[8..12].copy_from_slice(&self.crc.to_le_bytes());
        let own = Crc::new().with(&position.to_le_bytes()).with(&bytes[..12]).finish();
        bytes[12..].copy_from_slice(&own.to_le_bytes());
        bytes
    }

    /// Reads the start of a frame at `position`; `None` if it is damaged.
    pub fn read(bytes: &[u8; FRAME], position: u64) -> Option<Self> {
        let frame = Self { len: number(&bytes[..8]), crc: number(&bytes[8..12]) as u32 };
        // The limit is the same on every machine: too little memory is not damage.
        let longest = i64::MAX as u64 - (FRAME + ALIGN) as u64;
        (frame.write(position) == *bytes && (header::SIZE as u64..=longest).contains(&frame.len)).then_some(frame)
    }

    /// Returns the number of bytes in the image and the padding.
    pub fn padded(&self) -> u64 {
        self.len + padding(self.len)
    }

    /// Whether the bytes after the start are intact.
    pub fn holds(&self, image: &[u8], padding: &[u8]) -> bool {
        Crc::new().with(image).finish() == self.crc && padding.iter().all(|&byte| byte == 0)
    }
}

#[cold]
fn of_others(is_bare: bool) -> Error {
    let (expected, found, hint) = match is_bare {
        true => ("states in frames", "states without a header", "`image::bare::BareReader` reads them"),
        false => ("states without a header", "states in frames", "`image::stream::StreamReader` reads them"),
    };
    Error::new(ErrorKind::Version, alloc::format!("a stream of {expected}"), alloc::format!("one of {found}"))
        .at_byte(5)
        .with_hint(hint)
}

/// The error of an announced length beyond the limit of a reader or writer.
#[cold]
pub(in crate::image) fn too_long(what: &str, setting: &str, limit: u64, found: u64, position: u64) -> Error {
    let expected = alloc::format!("{what} of up to {limit} bytes (`{setting}` sets the limit)");
    let error = Error::new(ErrorKind::Length, expected, alloc::format!("one of {found}"));
    match usize::try_from(position) {
        Ok(position) => error.at_byte(position),
        Err(_) => error,
    }
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte))
}

#[cold]
pub(in crate::image) fn damaged(what: &'static str, position: u64) -> Error {
    let error = Error::new(ErrorKind::Malformed, what, "bytes that do not fit its checksum");
    match usize::try_from(position) {
        Ok(position) => error.at_byte(position),
        Err(_) => error,
    }
}

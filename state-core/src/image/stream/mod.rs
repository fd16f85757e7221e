//! Many states of one type in one file, one after another: a journal, a recording, a replay.
//!
//! The type's schema is stored once at the start. Each state is framed by its length and checksums, so that a torn end
//! (a program that was stopped while it wrote) and damage are distinguished from a state: all whole states before them
//! are read. [`StreamWriter::append`] cuts off a torn end and continues.
//!
//! ```
//! use state_core::State;
//! use state_core::image::stream::{StreamReader, StreamWriter};
//!
//! #[derive(State, Debug, PartialEq)]
//! struct Frame { tick: u64, names: Vec<String> }
//!
//! let mut writer = StreamWriter::new(Vec::new())?; // or `StreamWriter::create(path)`, or `StreamWriter::append(path)`
//! let mut frame = Frame { tick: 0, names: vec!["Ada".into()] };
//! for tick in 0..3 {
//!     frame.tick = tick;
//!     writer.write(&frame)?;
//! }
//! let mut bytes = writer.into_inner();
//! bytes.truncate(bytes.len() - 1);
//!
//! let mut reader = StreamReader::new(&bytes[..])?; // or `StreamReader::open(path)`
//! assert_eq!(reader.load::<Frame>()?.unwrap().tick, 0);
//! assert!(reader.load_into(&mut frame)?); // in place, without an allocation
//! assert_eq!(frame.tick, 1);
//! assert_eq!(reader.load_into(&mut frame).unwrap_err().kind(), std::io::ErrorKind::UnexpectedEof);
//! assert_eq!(frame.tick, 1);
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # The format, version 1
//! All numbers are little-endian; checksums are CRC-32C. The header and each frame take a multiple of 16 bytes, so that
//! raw arrays can be borrowed from a stream in memory.
//!
//! | part | bytes | contents |
//! |---|---|---|
//! | magic | 4 | `D7 53 54 53` |
//! | version | 1 | `01` |
//! | flags | 1 | 1: the schema is preceded by the list of raw arrays that appear as arrays, as in an image; 2: and by the list of shared pointer types; 8: and, first of all, by the table of the types of open sets; 4, without 2 and 8: the states are [without a header](super::bare), as described there |
//! | reserved | 2 | zero |
//! | fingerprint | 8 | of the states' type, as in [their images](super) |
//! | length | 4 | of the schema, including what precedes it |
//! | checksum | 4 | of the 20 bytes before and the schema |
//! | schema | n | the canonical schema, whose hash is the fingerprint |
//! | padding | | zeros up to a multiple of 16 |
//!
//! The frames follow, each:
//!
//! | part | bytes | contents |
//! |---|---|---|
//! | length | 8 | of the image |
//! | checksum | 4 | of the image |
//! | own checksum | 4 | of the frame's position in the stream (8 bytes), and the 12 bytes before |
//! | image | n | the bytes of [`dumps`](crate::dumps); with their own schema if types are registered in open sets that the header's table does not have |
//! | padding | | zeros up to a multiple of 16 |
//!
//! The length has a checksum of its own, so that a wrong one is not followed; it covers the position, so that a frame
//! within a state's own bytes, or one that was moved, is not mistaken for one of the stream's.
//!
//! # Limits
//! A reader refuses states of more than [`MAX_STATE`] bytes and schemas of more than [`MAX_SCHEMA`], unless
//! [`StreamReader::max_state`] and [`StreamReader::with_max_schema`] set other limits. Within them its buffer grows
//! with the bytes received, not with the announced length: it never takes more than three times the longest state so
//! far, plus 256 KiB. If memory cannot be allocated, that is an error of the kind
//! [`OutOfMemory`](std::io::ErrorKind::OutOfMemory).
//!
//! A [`StreamWriter`] has the same limit for states, so that everything it writes can be read.
//!
//! # Errors
//! Reading and writing fail with [`std::io::Error`]. If a state or the stream itself is at fault, it contains a
//! [`state_core::Error`](crate::Error), with the path to the place:
//!
//! ```
//! use state_core::State;
//! use state_core::image::stream::{StreamReader, StreamWriter};
//!
//! #[derive(State)]
//! #[state(name = "Frame")]
//! struct Old { tick: u64 }
//!
//! #[derive(State, Debug)]
//! #[state(name = "Frame")]
//! struct Frame { tick: u32 }
//!
//! let mut writer = StreamWriter::new(Vec::new())?;
//! writer.write(&Old { tick: 7 })?;
//! let bytes = writer.into_inner();
//! let error = StreamReader::new(&bytes[..])?.load::<Frame>().unwrap_err();
//! let error: state_core::Error = error.downcast()?;
//! assert_eq!(error.path(), "Frame.tick");
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # Durability
//! If the program crashes, no state is lost for which [`StreamWriter::write`] returned. If the machine crashes, states
//! since the last [`StreamWriter::sync`] may be missing or torn.

mod crc;
pub(super) mod frame;
mod lock;
pub(super) mod opened;
mod reader;
mod writer;

pub use frame::{MAX_SCHEMA, MAX_STATE};
pub use reader::{States, StreamReader};
pub use writer::StreamWriter;

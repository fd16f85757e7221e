//! `#[state(serde)]`: a field that has only the traits of serde is encoded as a CBOR item, a list of bytes in the tail.
//!
//! CBOR describes itself, so that untagged enums and flattened structs work. The bytes are checked to be one item,
//! nested no deeper than a limit, before serde sees them; serde can still refuse them.

use alloc::format;
use alloc::string::{String, ToString};
use core::convert::Infallible;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::cbor::Scan;
use crate::error::{Error, ErrorKind};
use crate::protocol::decode::{Checker, Reader};
use crate::protocol::encode::{Size, Writer};
use crate::protocol::layout::LENGTH;
use crate::protocol::parts::{cut, cut_mut};
use crate::schema::{Kind, Schema};

/// Serde visits a value by recursion, and counts some levels of CBOR, such as that of an enum, twice.
const RECURSION: usize = 2 * super::cbor::LEVELS;

/// The head of a serde value: a length.
pub const HEAD: usize = LENGTH;

/// The stack that serde needs is bounded by its own limit, whatever the depth.
pub const STACK: usize = 0;

/// The schema of a serde value.
#[must_use]
pub fn schema() -> &'static Schema {
    const { &Schema::leaf(Kind::Serde, LENGTH) }
}

/// Counts a serde value.
pub fn size<T: Serialize + ?Sized>(value: &T, size: &mut Size) {
    let mut counted = Counted { len: 0, scan: Scan::new() };
    if let Err(error) = ciborium::into_writer(value, Counting(&mut counted)) {
        let found = match error {
            ciborium::ser::Error::Value(reason) => reason,
            ciborium::ser::Error::Io(never) => match never {},
        };
        return size.fail(Error::new(ErrorKind::Unwritable, "", found));
    }
    if !counted.scan.is_whole() {
        let expected = "a serde value whose CBOR is one item, nested at most 128 deep";
        return size.fail(Error::new(ErrorKind::Unwritable, expected, "another"));
    }
    // Its length precedes it and is known only after it, so it is always written in the short form.
    if counted.len >= u32::MAX as usize {
        return size.fail(Error::new(ErrorKind::Unwritable, "a serde value of less than 4 GiB", "a larger one"));
    }
    size.run(counted.len, 1);
}

/// Writes a serde value.
pub fn put<T: Serialize + ?Sized>(value: &T, head: &mut &mut [u8], writer: &mut Writer<'_, '_>) {
    let head = cut_mut(head, HEAD);
    let length = writer.fill(|tail| ciborium::into_writer(value, tail).is_ok());
    writer.length(head, length);
}

/// Checks the bytes of a serde value.
#[must_use]
pub fn check(head: &mut &[u8], checker: &mut Checker<'_>) -> bool {
    let Some(len) = checker.length(cut(head, HEAD)) else { return false };
    let Some(bytes) = checker.run(len, 1) else { return false };
    let mut scan = Scan::new();
    scan.push(bytes);
    scan.is_whole()
}

/// Builds a serde value.
pub fn get<'de, T: DeserializeOwned>(head: &mut &'de [u8], reader: &mut Reader<'de>) -> Option<T> {
    let len = reader.length(cut(head, HEAD))?;
    let bytes = reader.run(len, 1)?;
    match ciborium::de::from_reader_with_recursion_limit(bytes, RECURSION) {
        Ok(value) => Some(value),
        Err(error) => {
            reader.refuse(Error::refused(reason(error)));
            None
        }
    }
}

/// The reason of an error in words, because `Display` of ciborium's errors prints their `Debug` form.
#[cold]
fn reason<E>(error: ciborium::de::Error<E>) -> String {
    use ciborium::de::Error::{Io, RecursionLimitExceeded, Semantic, Syntax};
    match error {
        Io(_) => "CBOR that ends early".to_string(),
        Syntax(at) => format!("CBOR that is malformed at its byte {at}"),
        Semantic(_, reason) => reason,
        RecursionLimitExceeded => "CBOR that is nested too deep".to_string(),
    }
}

/// Counts the bytes that are written, and scans their nesting.
struct Counted {
    len: usize,
    scan: Scan,
}

/// A newtype, because `&mut Counted` is a writer of ciborium's only if no other crate enables its feature `std`.
struct Counting<'a>(&'a mut Counted);

impl ciborium_io::Write for Counting<'_> {
    type Error = Infallible;

    fn write_all(&mut self, bytes: &[u8]) -> Result<(), Infallible> {
        self.0.len = self.0.len.saturating_add(bytes.len());
        self.0.scan.push(bytes);
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

//! Keeps the bytes of opaque structs from machines with other layouts, if no schema accompanies them.

use alloc::string::ToString;

use crate::error::{Error, ErrorKind, Result};
use crate::schema::{Kind, Schema};

impl Schema {
    /// Whether the bytes of such elements mean the same on every machine; `count` says that a count, or the type of an
    /// array, accompanies them.
    ///
    /// Described elements do. An opaque struct may have another size on machines where `usize` has, which only a count
    /// reveals, and its numbers are in the machine's byte order: without a schema, little-endian is assumed.
    pub(crate) fn is_portable(&self, count: bool) -> bool {
        !matches!(self.kind, Kind::Opaque { .. }) || count && cfg!(target_endian = "little")
    }

    /// Refuses to write or read elements that are not [portable](Schema::is_portable).
    pub(crate) fn portable(&self, count: bool) -> Result<()> {
        if self.is_portable(count) {
            return Ok(());
        }
        let expected = "elements whose layout is described (`#[derive(Record)]`), or in a tuple on a little-endian machine \
            their count as well (without `uncounted`), as nothing else says whether another machine has them alike";
        Err(Error::new(ErrorKind::Unwritable, expected, self.to_string()))
    }
}

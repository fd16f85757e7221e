//! `#[state(serde)]` without the feature `serde`: the items that generated code names, and one error that says what is
//! missing.

use crate::protocol::decode::{Checker, Reader};
use crate::protocol::encode::{Size, Writer};
use crate::protocol::layout::LENGTH;
use crate::schema::{Kind, Schema};

/// A trait that nothing implements. Only one function requires it, so that a field gives one error.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`#[state(serde)]` needs the feature `serde` of state-core",
    label = "needs the feature `serde`",
    note = "enable it in Cargo.toml: `state-core = {{ version = \"..\", features = [\"serde\"] }}`"
)]
pub trait Enabled {}

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
pub fn size<T: Enabled + ?Sized>(_: &T, _: &mut Size) {}

/// Writes a serde value.
pub fn put<T: ?Sized>(_: &T, _: &mut &mut [u8], _: &mut Writer<'_, '_>) {}

/// Checks the bytes of a serde value.
#[must_use]
pub fn check(_: &mut &[u8], _: &mut Checker<'_>) -> bool {
    false
}

/// Builds a serde value.
#[must_use]
pub fn get<T>(_: &mut &[u8], _: &mut Reader<'_>) -> Option<T> {
    None
}

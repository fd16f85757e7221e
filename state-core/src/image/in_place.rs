//! How a live value is restored: in place where nothing can refuse. Where something can, a new value is built aside
//! first, which makes all conversions, and then exchanged with the live one, which cannot fail.
//!
//! Hooks of objects without skipped fields cannot tell a new value from a live one, and are called on the new one. The
//! others are called on the live one once it has its new state; where one refuses or panics, the exchange is undone.

use super::aside::Aside;
use super::linked;
use crate::error::Result;
use crate::protocol::decode::{Reader, Regions};
use crate::schema::fingerprint::Identity;
use crate::sharing;
use crate::state::Restore;

/// Restores a value from regions that were checked.
pub(crate) fn restore<'de, T: Restore<'de>>(regions: &Regions<'de>, identity: &Identity, target: &mut T) -> Result<()> {
    if identity.refuses {
        return restore_aside(regions, identity, target);
    }
    let mut reader = Reader::new(regions).moving(identity.moves);
    loop {
        // Called from here alone, and so inlined.
        target.set(regions.head, &mut reader);
        if !(regions.has_holes() && sharing::complete(&mut reader, regions) == Some(true)) {
            return reader.into_refusal().map_or(Ok(()), Err);
        }
    }
}

/// A function of its own: the new value would take stack in [`restore`] even where none is built.
#[inline(never)]
fn restore_aside<'de, T: Restore<'de>>(regions: &Regions<'de>, identity: &Identity, target: &mut T) -> Result<()> {
    match regions.numbered {
        Some(numbered) if numbered.numbers => linked::restore(regions, numbered, identity, target),
        _ => Aside::build(regions)?.restore(target),
    }
}

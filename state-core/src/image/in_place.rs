//! Restores a live value: in place if nothing can refuse the state. Otherwise a new value is built first, which runs
//! all conversions, and then exchanged with the live one, which cannot fail.
//!
//! Hooks of objects without skipped fields cannot distinguish a new value from a live one, and are called on the new
//! one. The others are called on the live value once it has its new state; if one refuses or panics, the exchange is
//! undone.

use super::aside::Aside;
use super::linked;
use crate::error::Result;
use crate::protocol::decode::{Reader, Regions};
use crate::schema::fingerprint::Identity;
use crate::sharing;
use crate::state::Restore;

/// Restores a value from checked regions.
pub(crate) fn restore<'de, T: Restore<'de>>(regions: &Regions<'de>, identity: &Identity, target: &mut T) -> Result<()> {
    if identity.refuses {
        return restore_aside(regions, identity, target);
    }
    let mut reader = Reader::in_place(regions).moving(identity.moves);
    let head = &regions.head[..T::HEAD];
    loop {
        // This is the only caller, so the root's `set` is inlined.
        target.set(head, &mut reader);
        if !(regions.has_holes() && sharing::complete(&mut reader, regions) == Some(true)) {
            return reader.into_refusal().map_or(Ok(()), Err);
        }
    }
}

/// This is a separate function, because the new value would take stack in [`restore`] even if none is built.
#[inline(never)]
fn restore_aside<'de, T: Restore<'de>>(regions: &Regions<'de>, identity: &Identity, target: &mut T) -> Result<()> {
    match regions.numbered {
        Some(numbered) if numbered.numbers => linked::restore(regions, numbered, identity, target),
        _ => Aside::build(regions)?.restore(target),
    }
}

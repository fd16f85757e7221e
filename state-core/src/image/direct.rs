//! What is compiled for each type by itself: what surrounds a small state would take longer than the state, if all types
//! shared it.

use alloc::vec::Vec;

use super::build::{build, refused};
use super::in_place::restore;
use crate::error::Result;
use crate::protocol::decode::{Checker, Obstacle, Reader, Regions};
use crate::protocol::encode::Writer;
use crate::schema::fingerprint::Identity;
use crate::sharing::Table;
use crate::state::{Restore, State};

/// Makes a buffer as long as an image. What it held stays where it is.
#[inline]
pub(super) fn fit(buffer: &mut Vec<u8>, len: usize) {
    if buffer.len() != len {
        fit_anew(buffer, len);
    }
}

#[inline(never)]
fn fit_anew(buffer: &mut Vec<u8>, len: usize) {
    if buffer.capacity() == 0 {
        *buffer = Vec::with_capacity(len);
    }
    buffer.resize(len, 0);
}

/// A buffer for an image of a length that is known while compiling.
#[inline]
#[allow(clippy::slow_vector_initialization, reason = "few bytes are cleared faster than asked for as zeros")]
pub(super) fn zeroed(len: usize) -> Vec<u8> {
    let mut buffer = Vec::with_capacity(len);
    buffer.resize(len, 0);
    buffer
}

/// Writes a value that has nothing beside its head, behind `front` bytes; whether that is true of it.
#[inline]
pub(super) fn put_flat<T: State + ?Sized>(value: &T, buffer: &mut Vec<u8>, front: usize) -> bool {
    fit(buffer, front + T::HEAD);
    let head = &mut buffer[front..][..T::HEAD];
    let mut writer = Writer::over(&mut [], &mut [], &mut [], 0);
    value.put(head, &mut writer);
    writer.left().is_some()
}

/// Writes a value whose regions have these lengths; whether it needed just these.
#[inline]
pub(super) fn put<T: State + ?Sized>(
    value: &T,
    head: &mut [u8],
    lengths: [usize; 3],
    depth: u32,
    regions: &mut [u8],
) -> bool {
    Writer::new(lengths, depth, regions).whole(value, head) == Some([0; 3])
}

/// Whether a head is that of a value that has nothing beside it.
#[inline]
pub(super) fn accepts_flat<'de, T: Restore<'de>>(head: &[u8]) -> bool {
    !T::CHECKED || T::check(head, &mut Checker::new(&Regions::flat(head), 0))
}

/// Tests regions up to their ends; how much memory is taken for what is wide.
///
/// A function of its own, so that the checker, which nothing else sees, stays in registers; and the only one that calls
/// the root's, which is therefore inlined.
#[inline(never)]
pub(super) fn check<'de, T: Restore<'de>>(
    regions: &Regions<'_>,
    depth: u32,
    table: Option<&mut Table>,
) -> Result<usize, Option<Obstacle>> {
    let mut checker = Checker::new(regions, depth).with_table(table);
    if (!T::CHECKED || T::check(regions.head, &mut checker)) && checker.finish() {
        return Ok(checker.memory());
    }
    Err(checker.obstacle())
}

/// Builds a value from regions that were checked: at once where it is a head and nothing else.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn made<'de, T: Restore<'de>>(regions: &Regions<'de>) -> Result<T> {
    if T::DYNAMIC {
        return build(regions);
    }
    match Reader::flat::<T>(regions.head) {
        (Some(value), None) => Ok(value),
        (_, refusal) => Err(refused(refusal, T::schema())),
    }
}

/// Restores a value in place from regions that were checked: at once where it is a head and nothing can refuse it.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn restored<'de, T: Restore<'de>>(
    regions: &Regions<'de>,
    identity: &Identity,
    target: &mut T,
) -> Result<()> {
    if T::DYNAMIC {
        return restore(regions, identity, target);
    }
    if identity.refuses {
        return restored_aside(regions.head, identity, target);
    }
    Reader::flat_into(regions.head, identity.moves, target).map_or(Ok(()), Err)
}

/// It takes the head alone: lent regions would lie in memory, and be written there for states that need none of them.
#[cold]
#[inline(never)]
fn restored_aside<'de, T: Restore<'de>>(head: &'de [u8], identity: &Identity, target: &mut T) -> Result<()> {
    restore(&Regions::flat(head), identity, target)
}

//! The code that is compiled for each type: around a small state, shared code would take longer than the state itself.

use alloc::vec::Vec;

use super::build::{build, refused};
use super::in_place::restore;
use crate::error::Result;
use crate::protocol::decode::{Checker, Obstacle, Reader, Regions};
use crate::protocol::encode::Writer;
use crate::schema::fingerprint::Identity;
use crate::sharing::Table;
use crate::state::{Restore, State};

/// Gives a buffer the length of an image, without clearing its contents.
#[inline]
pub(super) fn fit(buffer: &mut Vec<u8>, len: usize) {
    // Nothing is stored if the length is right already: what reads it next would wait for the store.
    if buffer.len() == len {
        return;
    }
    buffer.truncate(len);
    if len - buffer.len() > STEP || buffer.capacity() - buffer.len() < STEP {
        return grow(buffer, len);
    }
    buffer.extend_from_slice(&[FILL; STEP]);
    buffer.truncate(len);
}

/// By how much a used buffer is always lengthened, and then cut: whether an image is longer than the one before, and by
/// how much, cannot be predicted.
const STEP: usize = 64;

/// What a short buffer is filled with before it is overwritten. The compiler would get zeros from the allocator, which
/// takes the system allocator far longer than memory of any content.
const FILL: u8 = 0xFF;

/// The length from which a buffer is zeros from the allocator, which need not be written.
const LONG: usize = 1024;

#[inline(never)]
fn grow(buffer: &mut Vec<u8>, len: usize) {
    if buffer.capacity() == 0 {
        *buffer = filled(len);
    } else {
        buffer.resize(len, FILL);
    }
}

/// Returns a buffer for an image, to be overwritten.
#[inline]
pub(super) fn filled(len: usize) -> Vec<u8> {
    if len < LONG { alloc::vec![FILL; len] } else { alloc::vec![0; len] }
}

/// Writes a value that is only a head, after `front` bytes. Returns whether the head was enough.
#[inline]
pub(super) fn put_flat<T: State + ?Sized>(value: &T, buffer: &mut Vec<u8>, front: usize) -> bool {
    fit(buffer, front + T::HEAD);
    let head = &mut buffer[front..][..T::HEAD];
    let mut writer = Writer::over(&mut [], &mut [], &mut [], 0);
    value.put(head, &mut writer);
    writer.left().is_some()
}

/// Writes a value into regions of these lengths. Returns whether it needed exactly these.
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

/// Whether a head is valid for a value that is only a head.
#[inline]
pub(super) fn accepts_flat<'de, T: Restore<'de>>(head: &[u8]) -> bool {
    !T::CHECKED || T::check(head, &mut Checker::new(&Regions::flat(head), 0))
}

/// Checks regions up to their ends. Returns how much memory wide elements take.
///
/// This is a separate function, so that the checker, to which nothing else refers, stays in registers; and it is the
/// only caller of the root's `check`, which is therefore inlined.
#[inline(never)]
pub(super) fn check<'de, T: Restore<'de>>(
    regions: &Regions<'_>,
    depth: u32,
    table: Option<&mut Table>,
) -> Result<usize, Option<Obstacle>> {
    let mut checker = Checker::new(regions, depth).with_table(table);
    if (!T::CHECKED || T::check(&regions.head[..T::HEAD], &mut checker)) && checker.finish() {
        return Ok(checker.memory());
    }
    Err(checker.obstacle())
}

/// Builds a value from checked regions: directly if it is only a head.
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

/// Restores a value in place from checked regions: directly if it is only a head and nothing can refuse it.
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

/// This takes only the head: borrowed regions would have to be in memory, and be stored there even for states that do
/// not need them.
#[cold]
#[inline(never)]
fn restored_aside<'de, T: Restore<'de>>(head: &'de [u8], identity: &Identity, target: &mut T) -> Result<()> {
    restore(&Regions::flat(head), identity, target)
}

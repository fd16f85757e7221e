//! The pieces of a delta: runs of the base, alternating with literal bytes.

use alloc::vec::Vec;

use super::matches::Search;
use crate::protocol::leb;

/// Writes the pieces that a search finds, with at most `copied` copied bytes.
pub(super) fn write(search: &mut Search<'_>, mut copied: usize, out: &mut Vec<u8>) {
    while let Some(piece) = search.next() {
        if piece.copy > copied {
            // This is a piece that copies nothing.
            leb::write(out, 0);
            return literal(out, search.rest_from(piece.start));
        }
        copied -= piece.copy;
        let moved = piece.moved;
        leb::write(out, (piece.copy as u64) << 1 | u64::from(moved != 0));
        if moved != 0 {
            leb::write(out, (moved << 1 ^ moved >> 63) as u64);
        }
        if !piece.ends_with_copy {
            literal(out, piece.literal);
        }
    }
}

fn literal(out: &mut Vec<u8>, bytes: &[u8]) {
    leb::write(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Appends `len` bytes from pieces with at most `copied` copied bytes. If the pieces are invalid, returns how many
/// bytes of the delta were left.
pub(super) fn read(old: &[u8], pieces: &[u8], len: usize, mut copied: usize, image: &mut Vec<u8>) -> Result<(), usize> {
    let mut rest = pieces;
    let mut place = 0_u64;
    while image.len() < len {
        let mut piece = || {
            let count = take_number(&mut rest)?;
            if count & 1 != 0 {
                let moved = take_number(&mut rest)?;
                place = place.checked_add_signed((moved >> 1) as i64 ^ -((moved & 1) as i64))?;
            }
            let copy = usize::try_from(count >> 1).ok()?;
            copied = copied.checked_sub(copy)?;
            let from = usize::try_from(place).ok()?;
            let run = if copy == 0 { &[] } else { old.get(from..from.checked_add(copy)?)? };
            if run.len() > len - image.len() {
                return None;
            }
            image.extend_from_slice(run);
            let mut literal: &[u8] = &[];
            if image.len() < len {
                let count = usize::try_from(take_number(&mut rest)?).ok()?;
                (literal, rest) = rest.split_at_checked(count).filter(|_| count <= len - image.len())?;
                image.extend_from_slice(literal);
            }
            place = place.checked_add((copy + literal.len()) as u64)?;
            Some(())
        };
        if piece().is_none() {
            return Err(rest.len());
        }
    }
    if rest.is_empty() { Ok(()) } else { Err(rest.len()) }
}

fn take_number(bytes: &mut &[u8]) -> Option<u64> {
    leb::read(|| {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        Some(byte)
    })
}

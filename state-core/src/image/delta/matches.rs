//! Finds which parts of a new image are in an old one, and where.
//!
//! After a value that changed in place, the following bytes are usually at the same distance as in the old image. That
//! is tried first, eight bytes at a time. If it fails, because a list changed its length, an index of the old image
//! finds candidates. The index is made when it is first needed.

use alloc::vec::Vec;

/// This many equal bytes after a change are accepted as the same place, without consulting the index.
const ENOUGH: usize = 12;

/// The number of bytes that are searched for the end of a change before the index is consulted.
const AHEAD: usize = 48;

/// The minimum number of places that are looked up in the index: pieces of twice its step are found within these.
const ASKED: usize = 24;

/// A piece from the index that is this long is accepted without looking for a longer one.
const LONG: usize = 64;

/// The distance between the places of the old image that are in the index.
const STEP: usize = 16;

/// A piece of the new image: bytes copied from the old one, and the literal bytes after them.
pub(super) struct Piece<'a> {
    /// Where the piece starts in the new image.
    pub start: usize,
    pub copy: usize,
    /// Where the copy starts in the old image, relative to the end of the previous piece there.
    pub moved: i64,
    pub literal: &'a [u8],
    /// Whether the new image ends with the copy, so that there is no literal.
    pub ends_with_copy: bool,
}

/// The iteration over the pieces of the new image.
pub(super) struct Search<'a> {
    old: &'a [u8],
    new: &'a [u8],
    /// Where the next piece starts in the new image, and (`place`) in the old one.
    at: usize,
    place: usize,
    /// The distance of `place` from the end of the previous piece.
    moved: i64,
    index: Option<Index>,
}

impl<'a> Search<'a> {
    pub fn new(old: &'a [u8], new: &'a [u8]) -> Self {
        Self { old, new, at: 0, place: 0, moved: 0, index: None }
    }

    pub fn rest_from(&self, start: usize) -> &'a [u8] {
        &self.new[start..]
    }

    /// Returns the next piece; `None` at the end of the new image.
    pub fn next(&mut self) -> Option<Piece<'a>> {
        let start = self.at;
        if start == self.new.len() {
            return None;
        }
        let copy = same(&self.new[start..], self.old.get(self.place..).unwrap_or_default());
        let moved = self.moved;
        let (at, place) = (start + copy, self.place + copy);
        let Match { skipped, place: found } = self.resume(at, place);
        let literal = &self.new[at..at + skipped];
        self.at = at + skipped;
        self.place = found;
        self.moved = found as i64 - (place + skipped) as i64;
        Some(Piece { start, copy, moved, literal, ends_with_copy: at == self.new.len() })
    }

    /// Finds where both images agree again, after bytes at these places that differ.
    fn resume(&mut self, at: usize, place: usize) -> Match {
        let end = self.new.len() - at;
        let mut from = 0;
        while from < end {
            let in_place = self.in_place(at, place, from);
            if in_place.is_some_and(|(_, len)| len >= ENOUGH) {
                return in_place.map_or(Match { skipped: end, place }, |(found, _)| found);
            }
            let until = in_place.as_ref().map_or(from + AHEAD, |(found, _)| found.skipped.max(from + ASKED));
            if let Some(found) = self.elsewhere(at, from..until.min(end), in_place) {
                return found;
            }
            from += AHEAD;
        }
        Match { skipped: end, place: place + end }
    }

    /// Finds the first bytes that agree at the same distance from these places, and how many agree, up to [`LONG`].
    fn in_place(&self, at: usize, place: usize, from: usize) -> Option<(Match, usize)> {
        let (new, old) = (self.new.get(at + from.max(1)..)?, self.old.get(place + from.max(1)..)?);
        let ahead = AHEAD + size_of::<u64>();
        let (new, old) = (&new[..new.len().min(ahead)], &old[..old.len().min(ahead)]);
        let skipped =
            new.windows(size_of::<u64>()).zip(old.windows(size_of::<u64>())).position(|(new, old)| new == old)?
                + from.max(1);
        let behind = &self.new[at + skipped..];
        let len = same(&behind[..behind.len().min(LONG)], &self.old[place + skipped..]);
        Some((Match { skipped, place: place + skipped }, len))
    }

    /// Returns the best match in the index for bytes after `at`, if it is much longer than the one in place.
    fn elsewhere(
        &mut self,
        at: usize,
        asked: core::ops::Range<usize>,
        in_place: Option<(Match, usize)>,
    ) -> Option<Match> {
        let (old, new) = (self.old, self.new);
        let index = self.index.get_or_insert_with(|| Index::new(old));
        let mut best = in_place;
        for skipped in asked {
            let Some(eight) = eight(new, at + skipped) else { break };
            let Some(place) = index.find(eight).filter(|&place| self::eight(old, place) == Some(eight)) else {
                continue;
            };
            let before = same_before(&new[at..at + skipped], &old[..place]);
            let ahead = &new[at + skipped..];
            let len = before + same(&ahead[..ahead.len().min(2 * LONG)], &old[place..]);
            if len >= ENOUGH && best.as_ref().is_none_or(|(_, best)| len > 2 * best) {
                best = Some((Match { skipped: skipped - before, place: place - before }, len));
                if len >= LONG {
                    break;
                }
            }
        }
        best.map(|(found, _)| found)
    }
}

/// A place from which both images agree.
#[derive(Clone, Copy)]
struct Match {
    /// The number of bytes of the new image before it.
    skipped: usize,
    /// Where it is in the old image.
    place: usize,
}

/// An index of eight bytes at each step of the old image.
struct Index {
    /// The place plus one, by the hash of the bytes.
    places: Vec<u32>,
    shift: u32,
}

impl Index {
    fn new(old: &[u8]) -> Self {
        let bits = (old.len() / STEP).clamp(256, 1 << 28).next_power_of_two().trailing_zeros();
        let mut index = Self { places: alloc::vec![0; 1 << bits], shift: u64::BITS - bits };
        // Data beyond four gigabytes is not in the index.
        for place in (0..old.len().min(u32::MAX as usize)).step_by(STEP) {
            if let Some(eight) = eight(old, place) {
                let slot = index.slot(eight);
                index.places[slot] = place as u32 + 1;
            }
        }
        index
    }

    fn find(&self, eight: u64) -> Option<usize> {
        (self.places[self.slot(eight)] as usize).checked_sub(1)
    }

    fn slot(&self, eight: u64) -> usize {
        (eight.wrapping_mul(0x9E37_79B1_85EB_CA87) >> self.shift) as usize
    }
}

fn eight(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// Counts the bytes that agree at the start.
fn same(new: &[u8], old: &[u8]) -> usize {
    const BLOCK: usize = 32;
    let len = new.len().min(old.len());
    let (new, old) = (&new[..len], &old[..len]);
    let blocks = new.chunks_exact(BLOCK).zip(old.chunks_exact(BLOCK));
    let mut at = BLOCK * blocks.take_while(|(new, old)| new == old).count();
    while let (Some(one), Some(other)) = (eight(new, at), eight(old, at)) {
        if one != other {
            return at + (one ^ other).trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    at + new[at..].iter().zip(&old[at..]).take_while(|(new, old)| new == old).count()
}

/// Counts the bytes that agree at the end.
fn same_before(new: &[u8], old: &[u8]) -> usize {
    new.iter().rev().zip(old.iter().rev()).take_while(|(new, old)| new == old).count()
}

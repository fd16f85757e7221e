//! What of a new image is in an old one, and where.
//!
//! Most of it is as far from the last piece as it was in the old image: behind a value that changed in place. That is
//! looked for first, eight bytes at a time. Where it is not, because a list changed its length, an index of the old image
//! tells where it may be now. The index is made when it is first asked for.

use alloc::vec::Vec;

/// As many bytes behind a change that are as they were are taken for the same place without asking the index.
const ENOUGH: usize = 12;

/// Bytes that are looked at for the end of a change, before the index is asked for them.
const AHEAD: usize = 48;

/// Bytes that the index is asked for, at least: pieces of twice the step of the index are found within these.
const ASKED: usize = 24;

/// A piece that the index finds is as long as this to be taken without looking for a longer one.
const LONG: usize = 64;

/// Every so many bytes of the old image stand in the index.
const STEP: usize = 16;

/// A piece of the new image: what is copied out of the old one, and what is written out behind it.
pub(super) struct Piece<'a> {
    /// Where it starts in the new image.
    pub start: usize,
    pub copy: usize,
    /// How much further the copy is in the old image than where the piece before it ended there.
    pub moved: i64,
    pub literal: &'a [u8],
    /// Whether the new image ends with the copy, so that nothing is written out.
    pub ends_with_copy: bool,
}

/// Goes over the new image.
pub(super) struct Search<'a> {
    old: &'a [u8],
    new: &'a [u8],
    /// Where the next piece starts in either image.
    at: usize,
    place: usize,
    /// How far `place` is from the end of the last piece.
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

    /// The next piece, until the new image ends.
    pub fn next(&mut self) -> Option<Piece<'a>> {
        let start = self.at;
        if start == self.new.len() {
            return None;
        }
        let copy = same(&self.new[start..], self.old.get(self.place..).unwrap_or_default());
        let moved = self.moved;
        let (at, place) = (start + copy, self.place + copy);
        let Found { skipped, place: found } = self.resume(at, place);
        let literal = &self.new[at..at + skipped];
        self.at = at + skipped;
        self.place = found;
        self.moved = found as i64 - (place + skipped) as i64;
        Some(Piece { start, copy, moved, literal, ends_with_copy: at == self.new.len() })
    }

    /// Where both images go on alike, behind what differs at these places.
    fn resume(&mut self, at: usize, place: usize) -> Found {
        let end = self.new.len() - at;
        let mut from = 0;
        while from < end {
            let in_place = self.in_place(at, place, from);
            if in_place.is_some_and(|(_, len)| len >= ENOUGH) {
                return in_place.map_or(Found { skipped: end, place }, |(found, _)| found);
            }
            let until = in_place.as_ref().map_or(from + AHEAD, |(found, _)| found.skipped.max(from + ASKED));
            if let Some(found) = self.elsewhere(at, from..until.min(end), in_place) {
                return found;
            }
            from += AHEAD;
        }
        Found { skipped: end, place: place + end }
    }

    /// The first bytes that are as far from these places in both images, and how many, up to [`LONG`].
    fn in_place(&self, at: usize, place: usize, from: usize) -> Option<(Found, usize)> {
        let (new, old) = (self.new.get(at + from.max(1)..)?, self.old.get(place + from.max(1)..)?);
        let ahead = AHEAD + size_of::<u64>();
        let (new, old) = (&new[..new.len().min(ahead)], &old[..old.len().min(ahead)]);
        let skipped =
            new.windows(size_of::<u64>()).zip(old.windows(size_of::<u64>())).position(|(new, old)| new == old)?
                + from.max(1);
        let behind = &self.new[at + skipped..];
        let len = same(&behind[..behind.len().min(LONG)], &self.old[place + skipped..]);
        Some((Found { skipped, place: place + skipped }, len))
    }

    /// What the index has for bytes behind `at`, if that is much longer than what is in place.
    fn elsewhere(
        &mut self,
        at: usize,
        asked: core::ops::Range<usize>,
        in_place: Option<(Found, usize)>,
    ) -> Option<Found> {
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
                best = Some((Found { skipped: skipped - before, place: place - before }, len));
                if len >= LONG {
                    break;
                }
            }
        }
        best.map(|(found, _)| found)
    }
}

/// A place from which both images are alike.
#[derive(Clone, Copy)]
struct Found {
    /// Bytes of the new image before it.
    skipped: usize,
    /// Where it is in the old image.
    place: usize,
}

/// Where the old image has eight bytes that stand at one of the steps.
struct Index {
    /// One more than the place, by the hash of the bytes.
    places: Vec<u32>,
    shift: u32,
}

impl Index {
    fn new(old: &[u8]) -> Self {
        let bits = (old.len() / STEP).clamp(256, 1 << 28).next_power_of_two().trailing_zeros();
        let mut index = Self { places: alloc::vec![0; 1 << bits], shift: u64::BITS - bits };
        // What is beyond four gigabytes is not found again.
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

/// How many bytes are alike at the start.
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

/// How many bytes are alike at the end.
fn same_before(new: &[u8], old: &[u8]) -> usize {
    new.iter().rev().zip(old.iter().rev()).take_while(|(new, old)| new == old).count()
}

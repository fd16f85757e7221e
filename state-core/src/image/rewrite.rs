//! Images that are laid out like the older one in their buffer, so that the value need not be counted first.

use alloc::vec::Vec;

use super::header;
use crate::protocol::layout::{ALIGN, padded};

/// The minimum length of an older image that is used: counting as many bytes takes no longer.
pub(super) const SMALL: usize = 512;

/// Regions as long as those of the image in a buffer. Counting a value takes up to two fifths of the time of writing
/// it, and a state is often as long as the last one.
///
/// The contents of the buffer are only a guess of three lengths: whatever they are, the new image is the same. If a
/// length is too short, the value is counted, and the buffer gets spare capacity. From then on, each region is laid out
/// an eighth longer, and the gaps are closed at the end.
#[derive(Debug)]
pub(super) struct Rewrite {
    /// The lengths of tail, text and raw.
    lengths: [usize; 3],
    /// Where they start.
    starts: [usize; 3],
}

impl Rewrite {
    /// Lays out regions over the image of the type with this fingerprint, if `buffer` holds one. The tail starts at
    /// `start`.
    pub fn of(buffer: &mut Vec<u8>, fingerprint: u64, start: usize) -> Option<Self> {
        if buffer.len() < SMALL {
            return None;
        }
        Self::over(buffer, start, header::lengths(buffer, fingerprint)?)
    }

    /// Lays out regions of an image whose raw arrays are elsewhere.
    pub fn before_raw(buffer: &mut Vec<u8>, fingerprint: u64, start: usize) -> Option<Self> {
        if buffer.len() < SMALL {
            return None;
        }
        let [tail, ..] = header::lengths(buffer, fingerprint)?;
        let text = buffer.len().checked_sub(start.checked_add(tail)?)?;
        let this = Self::over(buffer, start, [tail, text, 0])?;
        Some(Self { lengths: [this.lengths[0], this.lengths[1], usize::MAX], ..this })
    }

    fn over(buffer: &mut Vec<u8>, start: usize, old: [usize; 3]) -> Option<Self> {
        if header::ends(start, old)?[3] != buffer.len() {
            return None;
        }
        let wide = widened(old)?;
        let lengths = match header::ends(start, wide)?[3] <= buffer.capacity() {
            false => old,
            // Most of the image would be moved, which takes longer than counting.
            true if old[2] > old[0] + old[1] => return None,
            true => wide,
        };
        let [text_start, _, raw_start, end] = header::ends(start, lengths)?;
        // This stays within the capacity.
        buffer.resize(end, 0);
        Some(Self { lengths, starts: [start, text_start, raw_start] })
    }

    /// Gives a buffer that was too short capacity for the regions of the next image: the spare capacity also marks it
    /// as one whose lengths vary.
    pub fn make_room(buffer: &mut Vec<u8>, start: usize, lengths: [usize; 3]) {
        let ends = widened(lengths).and_then(|wide| header::ends(start, wide));
        if let Some([.., end]) = ends.filter(|ends| isize::try_from(ends[3]).is_ok()) {
            buffer.reserve(end.saturating_sub(buffer.len()));
        }
    }

    /// The lengths, as if they had been counted.
    pub fn lengths(&self) -> [usize; 3] {
        self.lengths
    }

    /// Closes the gaps, if `left` bytes of the regions are unused. Returns the lengths without them.
    pub fn close(&self, left: [usize; 3], buffer: &mut Vec<u8>) -> Option<[usize; 3]> {
        let (lengths, [.., raw_start, end]) = self.close_text(left, buffer)?;
        move_down(buffer, self.starts[2], lengths[2], raw_start);
        buffer.truncate(end);
        Some(lengths)
    }

    /// Closes the gaps of an image whose raw arrays are elsewhere.
    pub fn close_before_raw(&self, left: [usize; 3], buffer: &mut Vec<u8>) -> Option<[usize; 3]> {
        let (lengths, [.., raw_start, _]) = self.close_text(left, buffer)?;
        buffer.truncate(raw_start);
        Some(lengths)
    }

    /// Moves the text to its place and writes the padding after it. Returns the lengths, and where the regions end.
    fn close_text(&self, left: [usize; 3], buffer: &mut Vec<u8>) -> Option<([usize; 3], [usize; 4])> {
        let lengths = [0, 1, 2].map(|at| self.lengths[at].saturating_sub(left[at]));
        let ends @ [text_start, text_end, raw_start, end] = header::ends(self.starts[0], lengths)?;
        // Arrays that are elsewhere, and repeated, can add up to more than memory.
        isize::try_from(end).ok()?;
        move_down(buffer, self.starts[1], lengths[1], text_start);
        buffer.resize(raw_start.max(buffer.len()), 0);
        buffer[text_end..raw_start].fill(0);
        Some((lengths, ends))
    }
}

/// Returns the capacity with which each region of an image of `len` bytes can be laid out an eighth longer.
pub(crate) fn with_room(len: usize) -> usize {
    len.saturating_add(len / 8 + 3 * 5 * ALIGN + ALIGN)
}

/// Uses the lengths of a newer image as the guess, if it is longer than the older one in the buffer: if a state grows,
/// the buffers of a history hold images that are many frames older. The buffer gets capacity for it, up to `most`
/// bytes; if that is not enough, the value is counted.
pub(crate) fn outgrow(buffer: &mut Vec<u8>, newer: &[u8], most: usize) {
    if buffer.len() < SMALL || newer.len() <= buffer.len() {
        return;
    }
    let room = with_room(newer.len());
    if room > buffer.capacity() && room <= most {
        *buffer = Vec::with_capacity(room);
    }
    if newer.len() <= buffer.capacity() {
        buffer.resize(newer.len(), 0);
        buffer[..header::SIZE].copy_from_slice(&newer[..header::SIZE]);
    } else {
        buffer.clear();
    }
}

/// Returns lengths with room for an eighth more, and for some data in an empty region.
fn widened([tail, text, raw]: [usize; 3]) -> Option<[usize; 3]> {
    let wide = |length: usize| padded(length.checked_add(length / 8 + 4 * ALIGN)?);
    Some([wide(tail)?, wide(text)?, if raw == 0 { 0 } else { wide(raw)? }])
}

fn move_down(buffer: &mut [u8], from: usize, len: usize, to: usize) {
    if from != to {
        buffer.copy_within(from..from + len, to);
    }
}

//! Images laid out as the older one in their buffer, so that the value need not be counted first.

use alloc::vec::Vec;

use super::header;
use crate::protocol::layout::{ALIGN, padded};

/// An older image of fewer bytes is not worth looking at: as many are counted in the same time.
pub(super) const SMALL: usize = 512;

/// Regions as long as those of the image that a buffer holds. Counting a value takes up to two fifths of the time that
/// writing it takes, and a state is often as long as the last one.
///
/// What the buffer holds is no more than a guess of three lengths: whatever it is, the new image is the same. Where one
/// is too short, the value is counted, and the buffer gets room behind the image. From then on each region is laid out
/// an eighth longer, and the gaps are closed in the end.
#[derive(Debug)]
pub(super) struct Rewrite {
    /// Of tail, text and raw.
    lengths: [usize; 3],
    /// Where they start.
    starts: [usize; 3],
}

impl Rewrite {
    /// Over the image of the type with this fingerprint, if `buffer` holds one. The tail starts at `start`.
    pub fn of(buffer: &mut Vec<u8>, fingerprint: u64, start: usize) -> Option<Self> {
        if buffer.len() < SMALL {
            return None;
        }
        Self::over(buffer, start, header::lengths(buffer, fingerprint)?)
    }

    /// The same where the raw arrays are elsewhere.
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
            // Most of the image would be moved, which takes longer than to count.
            true if old[2] > old[0] + old[1] => return None,
            true => wide,
        };
        let [text_start, _, raw_start, end] = header::ends(start, lengths)?;
        // Within the capacity.
        buffer.resize(end, 0);
        Some(Self { lengths, starts: [start, text_start, raw_start] })
    }

    /// Gives a buffer that turned out too short room for the regions of the next image: for those whose lengths vary,
    /// room behind the image is what says so.
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

    /// Closes the gaps, if so much of each region is `left`; the lengths without them.
    pub fn close(&self, left: [usize; 3], buffer: &mut Vec<u8>) -> Option<[usize; 3]> {
        let (lengths, [.., raw_start, end]) = self.close_text(left, buffer)?;
        move_down(buffer, self.starts[2], lengths[2], raw_start);
        buffer.truncate(end);
        Some(lengths)
    }

    /// The same where the raw arrays are elsewhere.
    pub fn close_before_raw(&self, left: [usize; 3], buffer: &mut Vec<u8>) -> Option<[usize; 3]> {
        let (lengths, [.., raw_start, _]) = self.close_text(left, buffer)?;
        buffer.truncate(raw_start);
        Some(lengths)
    }

    /// Moves text to where it belongs, and writes the padding behind it; the lengths, and where the regions end.
    fn close_text(&self, left: [usize; 3], buffer: &mut Vec<u8>) -> Option<([usize; 3], [usize; 4])> {
        let lengths = [0, 1, 2].map(|at| self.lengths[at].saturating_sub(left[at]));
        let ends @ [text_start, text_end, raw_start, end] = header::ends(self.starts[0], lengths)?;
        // Arrays that are elsewhere, and there more than once, can add up to more than memory.
        isize::try_from(end).ok()?;
        move_down(buffer, self.starts[1], lengths[1], text_start);
        buffer.resize(raw_start.max(buffer.len()), 0);
        buffer[text_end..raw_start].fill(0);
        Some((lengths, ends))
    }
}

/// The bytes of a buffer in which each region of an image of `len` bytes can be laid out an eighth longer.
pub(crate) fn with_room(len: usize) -> usize {
    len.saturating_add(len / 8 + 3 * 5 * ALIGN + ALIGN)
}

/// Takes the lengths of a newer image for the guess, where that is longer than the older one in the buffer: if a state
/// grows, the buffers of a history hold images that are many frames older. Gives the buffer room for it, up to `most`
/// bytes; where there is none, the value is counted.
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

/// Lengths with room for an eighth more, and for something where there was nothing.
fn widened([tail, text, raw]: [usize; 3]) -> Option<[usize; 3]> {
    let wide = |length: usize| padded(length.checked_add(length / 8 + 4 * ALIGN)?);
    Some([wide(tail)?, wide(text)?, if raw == 0 { 0 } else { wide(raw)? }])
}

fn move_down(buffer: &mut [u8], from: usize, len: usize, to: usize) {
    if from != to {
        buffer.copy_within(from..from + len, to);
    }
}

//! Comparison of a live key with the one in an image, without building the latter.
//!
//! The live key is encoded and compared with the bytes: keys cannot be changed in place, and building one would
//! allocate.

use alloc::vec::Vec;

#[cfg(feature = "std")]
use crate::protocol::decode::Mark;
use crate::protocol::decode::Reader;
use crate::protocol::encode::{Size, Writer};
use crate::state::State;

/// Keys that nest deeper agree with none. This bounds the stack, because a live key may hold values at any depth.
const DEPTH: u32 = 16;

/// The largest size of an image of a key that is compared without an allocation.
const ON_STACK: usize = 256;

pub(super) struct Scratch {
    small: [u8; ON_STACK],
    large: Vec<u8>,
    /// Whether pointers in a key have records, which can only be written for a whole image.
    numbered: bool,
}

impl Scratch {
    #[inline]
    pub fn new(reader: &Reader<'_>) -> Self {
        Self { small: [0; ON_STACK], large: Vec::new(), numbered: reader.is_numbered() }
    }

    /// Returns whether `key` is the one encoded at `head`; if so, the reader is moved past it, otherwise it does not
    /// move.
    #[inline]
    pub fn agrees<K: State>(&mut self, key: &K, head: &[u8], reader: &mut Reader<'_>) -> bool {
        if !K::DYNAMIC && K::HEAD <= ON_STACK {
            // Known at compile time: the key is its head.
            let space = &mut self.small[..K::HEAD];
            let mut writer = Writer::over(&mut [], &mut [], &mut [], 0);
            key.put(space, &mut writer);
            return writer.left().is_some() && space == head;
        }
        if self.numbered {
            return false;
        }
        let mut size = Size::new(DEPTH);
        if K::DYNAMIC {
            key.size(&mut size);
        }
        let Ok(total) = size.total(K::HEAD) else { return false };
        let space = if total <= ON_STACK {
            &mut self.small[..total]
        } else {
            self.large.resize(total, 0);
            &mut self.large[..]
        };
        let (key_head, regions) = space.split_at_mut(K::HEAD);
        let mut writer = Writer::new(size.lengths(), DEPTH, regions);
        key.put(key_head, &mut writer);
        if writer.left() != Some([0; 3]) || key_head != head {
            return false;
        }
        if !K::DYNAMIC {
            return true;
        }
        let (tail, rest) = regions.split_at(size.tail);
        let (text, rest) = rest.split_at(size.text);
        let raw = &rest[rest.len() - size.raw..];
        reader.pass(tail, text, raw)
    }
    /// As [`agrees`](Self::agrees), for a key that was just built from `head` at `place`. The reader stays after it.
    #[cfg(feature = "std")]
    pub fn agrees_again<'de, K: State>(
        &mut self,
        key: &K,
        head: &[u8],
        place: Mark<'de>,
        reader: &mut Reader<'de>,
    ) -> bool {
        let behind = reader.mark();
        reader.back_to(place);
        let agrees = self.agrees(key, head, reader);
        reader.back_to(behind);
        agrees
    }
}

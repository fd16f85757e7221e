//! A growing list in blocks of fixed size: growth copies nothing and reserves at most one block, so that memory stays
//! in proportion to the input.

use alloc::vec::Vec;

use super::limit::too_many;
use crate::error::Result;

const BITS: u32 = 14;
const BLOCK: usize = 1 << BITS;

/// A list of words.
#[derive(Debug)]
pub(super) struct Blocks {
    blocks: Vec<Vec<u32>>,
    len: u32,
}

impl Blocks {
    /// An empty list, which will hold few words if `few` is small.
    pub fn new(few: usize) -> Self {
        Self { blocks: alloc::vec![Vec::with_capacity(few.min(BLOCK))], len: 0 }
    }

    pub fn len(&self) -> u32 {
        self.len
    }

    #[inline]
    pub fn push(&mut self, word: u32) -> Result<()> {
        if self.len % BLOCK as u32 == 0 && self.len != 0 {
            self.grow()?;
        }
        if let Some(last) = self.blocks.last_mut() {
            last.push(word);
            self.len += 1;
        }
        Ok(())
    }

    #[cold]
    fn grow(&mut self) -> Result<()> {
        if self.len >= i32::MAX as u32 - BLOCK as u32 {
            return Err(too_many());
        }
        self.blocks.push(Vec::with_capacity(BLOCK));
        Ok(())
    }

    pub fn extend(&mut self, mut words: &[u32]) -> Result<()> {
        while !words.is_empty() {
            if self.len % BLOCK as u32 == 0 && self.len != 0 {
                self.grow()?;
            }
            let space = BLOCK - self.len as usize % BLOCK;
            let (now, later) = words.split_at(space.min(words.len()));
            if let Some(last) = self.blocks.last_mut() {
                last.extend_from_slice(now);
                self.len += now.len() as u32;
            }
            words = later;
        }
        Ok(())
    }

    /// Returns the word at a place, zero beyond the end.
    #[inline]
    pub fn get(&self, at: u32) -> u32 {
        let block = self.blocks.get((at >> BITS) as usize);
        block.and_then(|block| block.get(at as usize % BLOCK)).copied().unwrap_or(0)
    }

    #[inline]
    pub fn set(&mut self, at: u32, word: u32) {
        let block = self.blocks.get_mut((at >> BITS) as usize);
        if let Some(place) = block.and_then(|block| block.get_mut(at as usize % BLOCK)) {
            *place = word;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_keep_their_places_across_blocks() {
        let mut words = Blocks::new(1);
        let many: Vec<u32> = (0..3 * BLOCK as u32 + 5).collect();
        words.push(7).unwrap();
        words.extend(&many).unwrap();
        words.push(8).unwrap();
        assert_eq!(words.len() as usize, many.len() + 2);
        assert_eq!((words.get(0), words.get(1), words.get(words.len() - 1)), (7, 0, 8));
        assert!(many.iter().all(|&word| words.get(word + 1) == word));
        words.set(BLOCK as u32, 9);
        assert_eq!(words.get(BLOCK as u32), 9);
        assert_eq!(words.get(words.len()), 0);
    }
}

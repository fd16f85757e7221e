//! The stack of the machine, in blocks: it grows without copying, and when words are taken from it to make a part, it
//! is freed block by block, so that stack and parts together never occupy more than either would.

use alloc::vec::Vec;
use core::mem;

use crate::error::Result;

const BLOCK: usize = 1 << 14;

/// A stack of words.
#[derive(Clone, Debug, Default)]
pub(super) struct Stack {
    full: Vec<Vec<u32>>,
    last: Vec<u32>,
}

impl Stack {
    #[inline]
    pub fn len(&self) -> usize {
        self.full.len() * BLOCK + self.last.len()
    }

    #[inline]
    pub fn push(&mut self, word: u32) {
        if self.last.len() == BLOCK {
            self.grow();
        }
        self.last.push(word);
    }

    #[cold]
    fn grow(&mut self) {
        let full = mem::replace(&mut self.last, Vec::with_capacity(BLOCK));
        self.full.push(full);
    }

    #[inline]
    pub fn pop(&mut self) -> Option<u32> {
        if self.last.is_empty() {
            self.last = self.full.pop()?;
        }
        self.last.pop()
    }

    pub fn last(&self) -> Option<u32> {
        self.last.last().or_else(|| self.full.last()?.last()).copied()
    }

    pub fn get(&self, at: usize) -> Option<u32> {
        let block = self.full.get(at / BLOCK).unwrap_or(&self.last);
        // After the full blocks there is only the last one.
        (at / BLOCK <= self.full.len()).then(|| block.get(at % BLOCK).copied())?
    }

    pub fn truncate(&mut self, len: usize) {
        if len / BLOCK < self.full.len() {
            self.full.truncate(len / BLOCK + 1);
            self.last = self.full.pop().unwrap_or_default();
        }
        self.last.truncate(len - self.full.len() * BLOCK);
    }

    /// Takes all words from `from` on, in order.
    ///
    /// # Errors
    /// Those of `take`; the stack has then lost some of them.
    pub fn take(&mut self, from: usize, mut take: impl FnMut(&[u32]) -> Result<()>) -> Result<()> {
        if from / BLOCK >= self.full.len() {
            let from = from - self.full.len() * BLOCK;
            take(self.last.get(from..).unwrap_or_default())?;
            self.last.truncate(from);
            return Ok(());
        }
        let mut blocks = self.full.split_off(from / BLOCK).into_iter();
        let mut first = blocks.next().unwrap_or_default();
        take(first.get(from % BLOCK..).unwrap_or_default())?;
        first.truncate(from % BLOCK);
        // Each block is freed before the next one is read.
        blocks.try_for_each(|block| take(&block))?;
        take(&mem::replace(&mut self.last, first))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_keep_their_places_across_blocks() {
        let many: Vec<u32> = (0..3 * BLOCK as u32 + 7).collect();
        for from in [0, 5, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK, many.len()] {
            let mut stack = Stack::default();
            for &word in &many {
                stack.push(word);
            }
            assert!(many.iter().all(|&word| stack.get(word as usize) == Some(word)));
            assert_eq!((stack.len(), stack.get(many.len()), stack.get(9 * BLOCK)), (many.len(), None, None));
            let mut taken = Vec::new();
            stack
                .take(from, |words| {
                    taken.extend_from_slice(words);
                    Ok(())
                })
                .unwrap();
            assert_eq!((&*taken, stack.len(), stack.last()), (&many[from..], from, many[..from].last().copied()));
            many[from..].iter().for_each(|&word| stack.push(word));
            stack.truncate(from);
            assert!(many[..from].iter().rev().all(|&word| stack.pop() == Some(word)));
            assert_eq!(stack.pop(), None);
        }
    }
}

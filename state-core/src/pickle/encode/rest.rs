//! Reads an image while it is written to a pickle: the parts of a head, and the regions after it.

use alloc::vec::Vec;

use super::raws::Raws;
use crate::error::{Error, ErrorKind, Result};
use crate::protocol::decode::read_length;
use crate::protocol::gather;
use crate::protocol::layout::stride;

/// The regions after the head of an image, as far as they have not been written yet.
#[derive(Clone, Copy)]
pub(super) struct Rest<'i, 'l> {
    pub tail: &'i [u8],
    pub text: &'i [u8],
    pub raws: Raws<'i, 'l>,
}

impl<'i> Rest<'i, '_> {
    /// Reads the lengths of the dimensions, whose number is in the head.
    pub fn shape(&mut self, head: &[u8], at: usize) -> Result<Vec<usize>> {
        let count = self.length(head, at)?;
        let lengths = self.run(count, 8)?.chunks_exact(8);
        let length = |length: &[u8]| usize::try_from(u64::from_le_bytes(length.try_into().ok()?)).ok();
        lengths.map(length).collect::<Option<_>>().ok_or_else(disagreement)
    }

    #[inline]
    pub fn length(&mut self, head: &[u8], at: usize) -> Result<usize> {
        read_length(part::<4>(head, at)?, &mut self.tail).ok_or_else(disagreement)
    }

    /// Reads the bytes of a list, which are in the tail or were gathered.
    pub fn bytes(&mut self, len: usize) -> Result<&'i [u8]> {
        if len >= gather::LARGE {
            return self.long_bytes(len);
        }
        self.run(len, 1)
    }

    #[cold]
    fn long_bytes(&mut self, len: usize) -> Result<&'i [u8]> {
        if self.raws.has_list(self.tail.len()) {
            return self.raws.take_list(len).ok_or_else(disagreement);
        }
        self.run(len, 1)
    }

    #[inline]
    pub fn run(&mut self, count: usize, head: usize) -> Result<&'i [u8]> {
        let len = count.checked_mul(stride(head)).ok_or_else(disagreement)?;
        let (run, rest) = self.tail.split_at_checked(len).ok_or_else(disagreement)?;
        self.tail = rest;
        Ok(run)
    }
}

/// Returns the bytes of one slot in a head.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn part<const N: usize>(head: &[u8], at: usize) -> Result<&[u8; N]> {
    head.get(at..).and_then(|rest| rest.first_chunk()).ok_or_else(disagreement)
}

#[inline]
pub(super) fn part_of(head: &[u8], at: usize, len: usize) -> Result<&[u8]> {
    head.get(at..).and_then(|rest| rest.get(..len)).ok_or_else(disagreement)
}

/// The error for an image that does not match its schema, which only a wrong implementation by hand can cause.
#[cold]
pub(super) fn disagreement() -> Error {
    Error::new(ErrorKind::Unwritable, "", "a wrong implementation of `State`: its image is not as its schema says")
}

//! The next opcodes and arguments of the input.

use super::Reader;
use crate::pickle::decode::extent::NAME;
use crate::pickle::opcode as op;

impl<'p> Reader<'p> {
    /// Returns the next opcode, after any frames that begin here.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn peek(&mut self) -> Option<u8> {
        let code = *self.input.get(self.at)?;
        if code == op::FRAME { self.frame() } else { Some(code) }
    }

    #[cold]
    #[inline(never)]
    fn frame(&mut self) -> Option<u8> {
        while self.input.get(self.at) == Some(&op::FRAME) {
            // A frame that is refused stays the next opcode, for whatever reads on from here.
            let (length, rest) = self.input.get(self.at + 1..)?.split_first_chunk::<8>()?;
            if u64::from_le_bytes(*length) > rest.len() as u64 {
                return None;
            }
            self.at += 9;
        }
        self.input.get(self.at).copied()
    }

    /// Reads this opcode and no other.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn code(&mut self, code: u8) -> Option<()> {
        if *self.input.get(self.at)? != code {
            return self.code_behind_frames(code);
        }
        self.at += 1;
        Some(())
    }

    #[cold]
    #[inline(never)]
    fn code_behind_frames(&mut self, code: u8) -> Option<()> {
        if self.peek()? != code {
            return None;
        }
        self.at += 1;
        Some(())
    }

    /// Reads an opcode and returns the bytes that follow it.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn argument<const N: usize>(&mut self) -> Option<[u8; N]> {
        let bytes = self.input.get(self.at + 1..)?.first_chunk::<N>()?;
        self.at += 1 + N;
        Some(*bytes)
    }

    /// Reads the next `len` bytes.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn bytes(&mut self, len: usize) -> Option<&'p [u8]> {
        let bytes = self.input.get(self.at..)?.get(..len)?;
        self.at += len;
        Some(bytes)
    }

    /// Reads up to the end of the line.
    pub(super) fn line(&mut self) -> Option<&'p [u8]> {
        let rest = self.input.get(self.at..)?;
        let len = rest.iter().take(NAME).position(|&byte| byte == b'\n')?;
        self.at += len + 1;
        rest.get(..len)
    }
}

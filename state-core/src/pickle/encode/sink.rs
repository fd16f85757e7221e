//! The pickle that is being written: its frames, its memo and the limit of its size. This is common to both ways of
//! writing, by the plan of a type and from a dynamic value.

use alloc::format;
use alloc::vec::Vec;

use super::code::Code;
use crate::error::{Error, ErrorKind, Result};
use crate::pickle::opcode::{BINGET, BINPUT, FRAME, GET, LONG_BINGET, LONG_BINPUT, MEMOIZE, PROTO, PUT, STOP};
use crate::pickle::{PickleOptions, Protocol};

/// The number of names that the format itself needs.
pub(super) const KNOWN: usize = 14;

/// A frame ends after the first value that makes it this large, and payloads of this size are outside of frames, so
/// that a reader of a file neither waits for all of it nor copies them twice.
const FRAME_SIZE: usize = 0x1_0000;

/// The space after the written bytes grows by this much. It is initialised, so that writing only overwrites it.
const SPACE: usize = 0x4000;

/// Larger payloads are appended instead of copied to that space.
const LARGE: usize = 0x800;

/// The output of a pickle.
pub(super) struct Sink<'b> {
    /// The written bytes, and space after them.
    out: &'b mut Vec<u8>,
    /// The number of written bytes.
    at: usize,
    pub(super) protocol: Protocol,
    pub(super) fix_imports: bool,
    limit: usize,
    /// The position of the length of the open frame; there are frames from protocol 4 on.
    frame: Option<usize>,
    /// The number of memo entries.
    memo: u32,
    /// The code that fetches each name that the format itself needs, once it is in the memo.
    pub(super) known: [Code; KNOWN],
}

impl<'b> Sink<'b> {
    /// Starts a pickle in `out`, whose old contents are overwritten.
    pub fn start(options: &PickleOptions, out: &'b mut Vec<u8>) -> Self {
        let mut sink = Sink {
            out,
            at: 0,
            protocol: options.protocol,
            fix_imports: options.fix_imports,
            limit: usize::try_from(options.max_size).unwrap_or(usize::MAX),
            frame: None,
            memo: 0,
            known: [Code::EMPTY; KNOWN],
        };
        if sink.protocol >= Protocol::V2 {
            sink.put([PROTO, sink.protocol.number()]);
        }
        sink.open_frame();
        sink
    }

    /// Ends the pickle.
    pub fn finish(mut self) -> Result<()> {
        self.put([STOP]);
        self.close_frame();
        self.out.truncate(self.at);
        self.fits(0)
    }

    /// Returns whether the protocol is 0, in which numbers, text and names are lines of text.
    #[inline]
    pub fn is_text(&self) -> bool {
        self.protocol == Protocol::V0
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn put<const N: usize>(&mut self, bytes: [u8; N]) {
        self.put_first(&bytes, N);
    }

    /// Writes the first `len` of the bytes. All of them are copied, which is one step if `N` is small.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn put_first<const N: usize>(&mut self, bytes: &[u8; N], len: usize) {
        loop {
            if let Some(space) = self.out.get_mut(self.at..).and_then(|space| space.first_chunk_mut()) {
                *space = *bytes;
                self.at += len;
                return;
            }
            self.grow();
        }
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self) {
        self.out.resize(self.at + SPACE, 0);
    }

    pub fn put_slice(&mut self, bytes: &[u8]) {
        if bytes.len() <= LARGE {
            if let Some(space) = self.out.get_mut(self.at..).and_then(|space| space.get_mut(..bytes.len())) {
                space.copy_from_slice(bytes);
                self.at += bytes.len();
                return;
            }
        }
        self.put_large(bytes);
    }

    #[inline(never)]
    fn put_large(&mut self, bytes: &[u8]) {
        self.out.truncate(self.at);
        // With space for what follows, because growing can copy everything.
        self.out.reserve(bytes.len() + SPACE);
        self.out.extend_from_slice(bytes);
        self.at = self.out.len();
    }

    /// Returns the space after the written bytes, of which some may be used before [`advance`](Self::advance) is
    /// called; and how many bytes of it make the open frame large enough to end.
    pub fn space(&mut self) -> (&mut [u8], usize) {
        if self.out.len() - self.at < SPACE / 4 {
            self.grow();
        }
        let room = self.frame.map_or(usize::MAX, |start| (start + FRAME_SIZE).saturating_sub(self.at));
        (&mut self.out[self.at..], room)
    }

    /// Adds the part of the space that was used to the written bytes.
    pub fn advance(&mut self, len: usize) {
        self.at = self.out.len().min(self.at + len);
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn code(&mut self, code: &Code) {
        self.put_first(code.block(), code.len());
    }

    pub fn line(&mut self, text: &str) {
        self.put_slice(text.as_bytes());
        self.put([b'\n']);
    }

    /// Tests that this many more bytes are allowed.
    ///
    /// # Errors
    /// If the pickle would be longer than its limit.
    #[inline]
    pub fn fits(&self, more: usize) -> Result<()> {
        if self.limit.checked_sub(self.at).is_none_or(|left| more > left) {
            return Err(self.too_large());
        }
        Ok(())
    }

    #[cold]
    fn too_large(&self) -> Error {
        let limit = format!("a pickle of at most {} bytes (`PickleOptions::max_size` sets it)", self.limit);
        Error::new(ErrorKind::Unwritable, limit, "more")
    }

    /// Marks a position between two values, at which a frame that is large enough ends.
    #[inline]
    pub fn between(&mut self) -> Result<()> {
        if self.frame.is_some_and(|start| self.at - start >= FRAME_SIZE) {
            self.next_frame();
        }
        self.fits(0)
    }

    /// Separate from [`between`](Self::between), which is inlined for each value as long as it is small.
    #[cold]
    fn next_frame(&mut self) {
        self.close_frame();
        self.open_frame();
    }

    /// Writes an opcode with a length, and the bytes of that length.
    #[inline]
    pub fn payload(&mut self, head: &[u8], bytes: &[u8]) -> Result<()> {
        self.fits(head.len().saturating_add(bytes.len()))?;
        let apart = bytes.len() >= FRAME_SIZE && self.frame.is_some();
        if apart {
            self.close_frame();
        }
        self.put_slice(head);
        self.put_slice(bytes);
        if apart {
            self.open_frame();
        }
        Ok(())
    }

    fn open_frame(&mut self) {
        if self.protocol >= Protocol::V4 {
            self.put([FRAME]);
            self.frame = Some(self.at);
            self.put([0; 8]);
        }
    }

    fn close_frame(&mut self) {
        let Some(start) = self.frame.take() else { return };
        match self.at - (start + 8) {
            0 => self.at = start - 1,
            len => self.out[start..start + 8].copy_from_slice(&(len as u64).to_le_bytes()),
        }
    }

    /// Returns the number of memo entries.
    pub fn memo_len(&self) -> u32 {
        self.memo
    }

    /// Puts what was written last in the memo, and returns the code that fetches it from there.
    pub fn memoize(&mut self) -> Code {
        let index = self.memo;
        self.memo += 1;
        match u8::try_from(index) {
            _ if self.is_text() => {
                self.put([PUT]);
                self.line(&format!("{index}"));
            }
            _ if self.protocol >= Protocol::V4 => self.put([MEMOIZE]),
            Ok(index) => self.put([BINPUT, index]),
            Err(_) => {
                self.put([LONG_BINPUT]);
                self.put(index.to_le_bytes());
            }
        }
        self.get(index)
    }

    /// Returns the code that fetches this entry of the memo.
    pub fn get(&self, index: u32) -> Code {
        let code = match u8::try_from(index) {
            _ if self.is_text() => Code::new(format!("{}{index}\n", char::from(GET)).as_bytes()),
            Ok(index) => Code::new(&[BINGET, index]),
            Err(_) => {
                let [a, b, c, d] = index.to_le_bytes();
                Code::new(&[LONG_BINGET, a, b, c, d])
            }
        };
        code.unwrap_or(Code::EMPTY)
    }
}

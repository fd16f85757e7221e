//! A few bytes of a pickle that are written many times, such as the opcodes around the slots of an object.

/// The most bytes of a code.
const ROOM: usize = 15;

/// Up to 15 bytes, copied as a block of 16: this takes a load and a store, where copying the exact length takes a call.
#[derive(Clone, Copy, Debug, Default)]
#[repr(align(16))]
pub(super) struct Code {
    /// The bytes, and their number in the last byte.
    block: [u8; ROOM + 1],
}

impl Code {
    pub const EMPTY: Self = Self { block: [0; ROOM + 1] };

    /// Returns the code of these bytes, if they fit.
    pub fn new(bytes: &[u8]) -> Option<Self> {
        let mut code = Self::EMPTY;
        code.block[..ROOM].get_mut(..bytes.len())?.copy_from_slice(bytes);
        code.block[ROOM] = bytes.len() as u8;
        Some(code)
    }

    /// Returns both joined, if they fit.
    pub fn then(self, next: Self) -> Option<Self> {
        let (len, more) = (self.len(), next.len());
        let mut code = self;
        code.block[..ROOM].get_mut(len..len + more)?.copy_from_slice(&next.block[..more]);
        code.block[ROOM] = (len + more) as u8;
        Some(code)
    }

    pub const fn len(&self) -> usize {
        self.block[ROOM] as usize
    }

    pub const fn is_empty(&self) -> bool {
        self.block[ROOM] == 0
    }

    /// Returns the bytes, padded to a block.
    pub const fn block(&self) -> &[u8; ROOM + 1] {
        &self.block
    }
}

/// Returns an opcode followed by eight bytes.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn with_op(op: u8, bytes: [u8; 8]) -> [u8; 9] {
    let mut all = [op; 9];
    all[1..].copy_from_slice(&bytes);
    all
}

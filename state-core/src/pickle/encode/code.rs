//! A few bytes of a pickle that are written again and again, such as the opcodes around an object's slots.

/// The bytes that a code can hold.
const SPACE: usize = 15;

/// Up to 15 bytes, copied as a block of 16: that takes a load and a store, where the exact length takes a call.
#[derive(Clone, Copy, Debug, Default)]
#[repr(align(16))]
pub(super) struct Code {
    bytes: [u8; SPACE],
    len: u8,
}

impl Code {
    pub const EMPTY: Self = Self { bytes: [0; SPACE], len: 0 };

    /// The code of these bytes, if it can hold them.
    pub fn new(bytes: &[u8]) -> Option<Self> {
        let mut code = Self { len: u8::try_from(bytes.len()).ok()?, ..Self::EMPTY };
        code.bytes.get_mut(..bytes.len())?.copy_from_slice(bytes);
        Some(code)
    }

    /// Both, one behind the other, if there is room.
    pub fn then(self, next: Self) -> Option<Self> {
        let (len, more) = (usize::from(self.len), usize::from(next.len));
        let mut code = Self { len: self.len + next.len, ..self };
        code.bytes.get_mut(len..len + more)?.copy_from_slice(&next.bytes[..more]);
        Some(code)
    }

    pub const fn len(&self) -> usize {
        self.len as usize
    }

    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The bytes, and others behind them.
    pub const fn block(&self) -> &[u8; SPACE] {
        &self.bytes
    }
}

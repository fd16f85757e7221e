//! Numbers in LEB128: seven bits a byte, the lowest first.

use alloc::vec::Vec;

pub(crate) fn write(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Reads a number from bytes that `next` returns one by one; `None` if they end within it, or it has more than 64 bits.
pub(crate) fn read(mut next: impl FnMut() -> Option<u8>) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let byte = next()?;
        let part = u64::from(byte & 0x7F);
        number |= part << shift;
        if byte & 0x80 == 0 {
            return (part << shift >> shift == part).then_some(number);
        }
    }
    None
}

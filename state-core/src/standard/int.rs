//! `int`: integers of any size.

use alloc::borrow::Cow;

use super::Known;
use crate::walk::Decoder;

/// Whether a number has as few bytes as possible: two's complement, if `is_signed`.
pub(crate) fn is_shortest(bytes: &[u8], is_signed: bool) -> bool {
    match *bytes {
        [0] => false,
        [.., last] if !is_signed => last != 0,
        [.., before, last] => !(last == 0 && before < 0x80 || last == 0xFF && before >= 0x80),
        [] | [_] => true,
    }
}

/// The bytes of a Python integer, as few as possible.
pub(super) fn bytes<'v, D: Decoder<'v>>(value: D, known: Known) -> Option<Cow<'v, [u8]>> {
    let mut number = value.long()?;
    if known == Known::Natural {
        match *number {
            [.., last] if last >= 0x80 => return None,
            // Only there for the sign.
            [.., 0] => drop(number.to_mut().pop()),
            _ => {}
        }
    }
    Some(number)
}

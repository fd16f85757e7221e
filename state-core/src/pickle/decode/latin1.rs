//! Bytes that were written as text, one character for each.

use alloc::vec::Vec;

/// The size of the blocks in which ASCII is copied.
const BLOCK: usize = 8;

/// Shorter text is tested by the standard library.
const LONG: usize = 64;

/// Returns whether bytes are UTF-8. In long text that was Latin-1, the branches of the usual test cannot be predicted:
/// 16 MB of arbitrary bytes that were written as text took 2.5 times as long as here.
pub(super) fn is_utf8(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    if bytes.len() >= LONG {
        while let Some(block) = rest.first_chunk() {
            let plain = plain(*block);
            let (_, behind) = rest.split_at(plain);
            rest = match behind {
                _ if plain == BLOCK => behind,
                [0xC2 | 0xC3, 0x80..=0xBF, behind @ ..] => behind,
                _ => break,
            };
        }
    }
    core::str::from_utf8(rest).is_ok()
}

/// Returns how many bytes of ASCII a block begins with.
fn plain(block: [u8; BLOCK]) -> usize {
    let wide = u64::from_le_bytes(block) & 0x8080_8080_8080_8080;
    wide.trailing_zeros() as usize / 8
}

/// Returns the bytes of which UTF-8 text is the Latin-1; `None` if it has other characters, or is not UTF-8.
pub(super) fn latin1(text: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = alloc::vec![0; text.len()];
    let (mut rest, mut len, mut wrong) = (text, 0, 0);
    while let Some(block) = rest.first_chunk() {
        *bytes.get_mut(len..)?.first_chunk_mut()? = *block;
        let plain = plain(*block);
        len += plain;
        rest = rest.get(plain..)?;
        if plain < BLOCK {
            // Tested once at the end: a branch here would cost more than it saves.
            let &[first, second] = rest.first_chunk()?;
            wrong |= u8::from(first & 0xFE != 0xC2) | u8::from(second & 0xC0 != 0x80);
            *bytes.get_mut(len)? = first << 6 | second & 0x3F;
            len += 1;
            rest = rest.get(2..)?;
        }
    }
    while let Some((&first, behind)) = rest.split_first() {
        rest = behind;
        let mut byte = first;
        if first >= 0x80 {
            let (&second, behind) = rest.split_first()?;
            wrong |= u8::from(first & 0xFE != 0xC2) | u8::from(second & 0xC0 != 0x80);
            (byte, rest) = (first << 6 | second & 0x3F, behind);
        }
        *bytes.get_mut(len)? = byte;
        len += 1;
    }
    bytes.truncate(len);
    (wrong == 0).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::{is_utf8, latin1};
    use alloc::string::String;
    use alloc::vec::Vec;

    #[test]
    fn every_byte_is_read_and_nothing_else() {
        let bytes: Vec<u8> = (0..=255).chain((0..=255).rev()).collect();
        let text: String = bytes.iter().map(|&byte| char::from(byte)).collect();
        assert_eq!(latin1(text.as_bytes()), Some(bytes));
        for text in ["\u{100}", "日", "a\u{2000}b"] {
            assert_eq!(latin1(text.as_bytes()), None);
        }
        for broken in
            [&b"\xC2"[..], b"\xC3a", b"\x80", b"a\xFF", b"\xC0\x80", b"\xC1\xBF", b"1234567\xC3", b"1234567\xC3a9"]
        {
            assert_eq!(latin1(broken), None);
        }
    }

    #[test]
    fn text_is_told_from_other_bytes_at_any_place() {
        let texts = ["", "abc", "\u{7F}\u{80}\u{FF}", "aé日\u{10FFFF}", "\u{100}\u{7FF}", "ÿÿÿÿÿÿÿÿ"];
        for (text, len) in texts.iter().flat_map(|text| (0..4).map(move |power| (text, 10_usize.pow(power)))) {
            let text = text.repeat(len);
            assert!(is_utf8(text.as_bytes()));
            for wrong in
                [&b"\xC2"[..], b"\xC3a", b"\x80", b"\xC0\x80", b"\xC1\xBF", b"\xED\xA0\x80", b"\xF5", b"\xC3\xC3"]
            {
                for bytes in [[text.as_bytes(), wrong].concat(), [text.as_bytes(), wrong, text.as_bytes()].concat()] {
                    assert_eq!(is_utf8(&bytes), core::str::from_utf8(&bytes).is_ok(), "{wrong:?} behind {len}");
                }
            }
        }
    }
}

//! Bytes that were written as text, a character for each.

use alloc::vec::Vec;

/// The bytes whose text in Latin-1 this is in UTF-8; `None` where it is another text, or none.
pub(super) fn latin1(text: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = alloc::vec![0; text.len()];
    let (mut rest, mut len, mut wrong) = (text, 0, false);
    // Without branches: what is ASCII among the bytes of an array cannot be foreseen.
    while let Some(&[first, second]) = rest.first_chunk() {
        let wide = first >= 0x80;
        wrong |= wide & ((first & 0xFE != 0xC2) | (second & 0xC0 != 0x80));
        *bytes.get_mut(len)? = if wide { first << 6 | second & 0x3F } else { first };
        rest = rest.get(1 + usize::from(wide)..)?;
        len += 1;
    }
    if let Some(&last) = rest.first() {
        wrong |= last >= 0x80;
        *bytes.get_mut(len)? = last;
        len += 1;
    }
    bytes.truncate(len);
    (!wrong).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::latin1;
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
        for broken in [&b"\xC2"[..], b"\xC3a", b"\x80", b"a\xFF", b"\xC0\x80", b"\xC1\xBF"] {
            assert_eq!(latin1(broken), None);
        }
    }
}

//! Forged images: an invented schema with the bytes of an invented state. They are built only from the specification of
//! the format.

#![allow(dead_code, reason = "each test uses some of them")]

pub fn fingerprint(schema: &[u8]) -> u64 {
    schema.iter().fold(0xCBF2_9CE4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
}

/// A LEB128 number, in the fewest bytes.
pub fn leb(mut n: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while n >= 0x80 {
        bytes.push(n as u8 | 0x80);
        n >>= 7;
    }
    bytes.push(n as u8);
    bytes
}

/// An image with this schema, this head, and then `tail`.
pub fn image(schema: &[u8], head: &[u8], tail: &[u8]) -> Vec<u8> {
    image_with_text(schema, head, tail, &[])
}

pub fn image_with_text(schema: &[u8], head: &[u8], tail: &[u8], text: &[u8]) -> Vec<u8> {
    let mut bytes = b"\xD7STA\x01\x01\0\0".to_vec();
    bytes.extend(fingerprint(schema).to_le_bytes());
    bytes.extend([tail.len() as u64, text.len() as u64, 0].map(u64::to_le_bytes).concat());
    bytes.extend((schema.len() as u32).to_le_bytes());
    bytes.extend([schema, head, tail, text].concat());
    bytes
}

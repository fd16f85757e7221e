//! A valid state, with and without its schema, with some of its bytes changed, cut out or doubled, and the lengths in its
//! header made to fit.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rich::{agree, empty, full};
use state_core::Options;

fuzz_target!(|changes: Vec<(u16, u8, u8)>| {
    for value in [full(), empty()] {
        change(Options::new().dumps(&value).unwrap(), 40, &changes);
        let bytes = Options::new().with_schema().dumps(&value).unwrap();
        let schema = u32::from_le_bytes(bytes[40..44].try_into().unwrap());
        change(bytes, 44 + schema as usize, &changes);
    }
});

/// Changes what stands behind the first `front` bytes.
fn change(mut bytes: Vec<u8>, front: usize, changes: &[(u16, u8, u8)]) {
    for &(at, how, with) in changes {
        let len = bytes.len();
        let body = front + usize::from(at) % (len - front).max(1);
        let end = (body + usize::from(with)).min(len);
        match how % 4 {
            0 if body < len => bytes[body] = with,
            1 if body < len => bytes[body] ^= 1 << (with % 8),
            2 => fit(&mut bytes, body..end, &[]),
            _ => {
                let copy = bytes[body.min(end)..end].to_vec();
                fit(&mut bytes, end..end, &copy);
            }
        }
    }
    agree(&bytes);
}

/// Replaces bytes behind the head, and changes the length of the region that they begin in.
fn fit(bytes: &mut Vec<u8>, place: std::ops::Range<usize>, with: &[u8]) {
    let number = |bytes: &[u8], at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap());
    let raw = number(bytes, 32);
    let region = if raw > 0 && place.start >= bytes.len().saturating_sub(raw as usize) { 32 } else { 16 };
    let by = (with.len() as u64).wrapping_sub(place.len() as u64);
    let length = number(bytes, region).wrapping_add(by);
    bytes[region..region + 8].copy_from_slice(&length.to_le_bytes());
    bytes.splice(place, with.iter().copied());
}

//! Arbitrary regions behind a header that fits them: every way in must agree on them. And arbitrary bytes alone.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rich::{Rich, agree, full};
use state_core::{State, dumps};

fuzz_target!(|parts: (Vec<u8>, Vec<u8>, &str, Vec<u8>)| {
    let (mut head, tail, text, mut raw) = parts;
    agree(&head);
    let mut bytes = dumps(&full()).unwrap();
    bytes.truncate(16);
    raw.resize(raw.len().next_multiple_of(16), 0);
    bytes.extend([tail.len(), text.len(), raw.len()].map(|len| (len as u64).to_le_bytes()).concat());
    head.resize(Rich::HEAD, 0);
    bytes.extend(head);
    bytes.extend(tail);
    bytes.extend(text.as_bytes());
    if !raw.is_empty() {
        bytes.resize(bytes.len().next_multiple_of(16), 0);
        bytes.extend(raw);
    }
    agree(&bytes);
});

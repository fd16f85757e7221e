//! Arbitrary bytes behind a header of the right type: every way in must agree on them.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rich::{agree, full};
use state_core::dumps;

fuzz_target!(|bytes: &[u8]| {
    agree(bytes);
    // With the magic, the version and the fingerprint given, the fuzzer need not find them.
    let mut whole = dumps(&full()).unwrap();
    whole.truncate(16);
    whole.extend(bytes);
    agree(&whole);
});

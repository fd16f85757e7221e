//! Any bytes as a pickle of a dynamic value; that is written at every protocol and read again as the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use state_core::pickle::{self, Options, Protocol, Strings};

fuzz_target!(|bytes: &[u8]| {
    for strings in [Strings::Latin1, Strings::Bytes] {
        let Ok(value) = Options::new().strings(strings).load_value(bytes) else { continue };
        // A NaN in it equals nothing.
        let has_nan = value != value.clone();
        for protocol in Protocol::ALL {
            let Ok(pickle) = Options::new().protocol(protocol).dump_value(&value) else { continue };
            let again = match pickle::load_value(&pickle) {
                Ok(again) => again,
                Err(error) => panic!("{protocol:?}: {error}: {pickle:02x?}"),
            };
            assert!(again == value || has_nan, "{protocol:?}: {again:?} of {value:?}: {pickle:02x?}");
        }
    }
});

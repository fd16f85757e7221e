//! Any bytes as a pickle of a dynamic value; that is written at every protocol and read again as the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use state_core::pickle::{PickleOptions, Protocol, Strings};

fuzz_target!(|bytes: &[u8]| {
    for strings in [Strings::Latin1, Strings::Bytes] {
        let Ok(value) = PickleOptions::new().strings(strings).load_value(bytes) else { continue };
        // A NaN in it equals nothing.
        let has_nan = value != value.clone();
        for protocol in Protocol::ALL {
            // A name of Python 2 in a pickle of Python 3 would come back as that of Python 3: not each has its own.
            let options = PickleOptions::new().fix_imports(false).protocol(protocol);
            let Ok(pickle) = options.dump_value(&value) else { continue };
            let again = match options.load_value(&pickle) {
                Ok(again) => again,
                Err(error) => panic!("{protocol:?}: {error}: {pickle:02x?}"),
            };
            // Names within names that are too long to be known stay the calls that the older protocols write.
            let stays_call = || format!("{again:?}").contains("builtins.getattr");
            assert!(
                again == value || has_nan || protocol < Protocol::V4 && stays_call(),
                "{protocol:?}: {again:?} of {value:?}: {pickle:02x?}"
            );
        }
    }
});

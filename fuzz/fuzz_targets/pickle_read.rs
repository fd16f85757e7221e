//! Any bytes as a pickle that is looked into: opened, printed both ways, listed, and made a value of. What one way in
//! takes the others take.

#![no_main]

use libfuzzer_sys::fuzz_target;
use state_core::pickle::{PickleOptions, Strings, load_value};

fuzz_target!(|bytes: &[u8]| {
    for strings in [Strings::Ascii, Strings::Latin1, Strings::Bytes] {
        let options = PickleOptions::new().strings(strings);
        let Ok(pickle) = options.open(bytes) else {
            assert!(options.load_value(bytes).is_err());
            continue;
        };
        let text = format!("{pickle}");
        assert!(!text.contains('\n') && text.len() <= (16 * bytes.len() + (1 << 20)) * 8);
        // A tree pays for its indentation where things are shown again, and is cut short before the line is.
        assert!(format!("{pickle:#}").len() >= text.len() || text.contains(",)") || text.contains("..."));
        let last = pickle.operations().inspect(|operation| drop(operation.to_string())).last().unwrap();
        assert_eq!((last.name(), last.offset() + 1), ("STOP", pickle.len()));
        let _ = pickle.classes();
        if let Ok(value) = pickle.value() {
            let _ = (value.clone() == value, value.partial_cmp(&value));
        }
    }
    if let Ok(value) = load_value(bytes) {
        drop(value);
    }
});

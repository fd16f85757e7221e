//! The interesting cases of the fuzz targets, and what they found, read in every way. They are small pickles of each
//! kind, written by Python at each protocol, by this library, and by hand.

use std::fs;

use state_core::pickle::{Pickle, PickleOptions, Protocol, load_value};

#[test]
fn what_fuzzing_found_is_looked_at_and_goes_round() {
    let mut count = 0;
    for file in fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/pickle/corpus")).unwrap() {
        let file = file.unwrap().path();
        let bytes = fs::read(&file).unwrap();
        let name = file.display();
        count += 1;
        let Ok(pickle) = Pickle::open(&bytes) else {
            assert!(load_value(&bytes).is_err(), "{name}");
            continue;
        };
        assert_eq!(pickle.len(), bytes.len(), "{name}");
        assert_eq!(pickle.operations().last().unwrap().name(), "STOP", "{name}");
        for text in [format!("{pickle}"), format!("{pickle:#}")] {
            assert!(!text.is_empty(), "{name}");
        }
        pickle.classes().unwrap().for_each(drop);
        let Ok(value) = pickle.value() else { continue };
        assert_eq!(format!("{pickle} {pickle:#}"), format!("{value} {value:#}"), "{name}");
        for protocol in Protocol::ALL {
            let Ok(written) = PickleOptions::new().protocol(protocol).dump_value(&value) else { continue };
            let again = load_value(&written).unwrap_or_else(|error| panic!("{name}, {protocol:?}: {error}"));
            // A NaN does not equal itself.
            assert!(again == value || value != value.clone(), "{name}, {protocol:?}: {again} of {value}");
        }
    }
    assert!(count > 100, "{count}");
}

//! What is said of damaged bytes: the slot, what was expected, what was found, and where.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::time::Duration;

use state_core::{Record, State, check, dumps, load_into, loads};

#[derive(Record, Clone, Copy, Debug, PartialEq)]
#[repr(C)]
struct Bicycle {
    gears: i32,
    price: f64,
}

#[derive(State, Debug, PartialEq, Clone)]
struct Base {
    #[state(bytes)]
    data: Vec<Bicycle>,
    ready: bool,
}

#[derive(State, Debug, PartialEq, Clone)]
enum Part {
    Small { letter: char },
    Wide([u64; 3]),
}

#[derive(State, Debug, PartialEq, Clone)]
struct Shop {
    #[state(flatten_parent)]
    base: Base,
    names: Vec<String>,
    parts: Vec<Part>,
    opened: Option<Duration>,
    map: BTreeMap<u8, bool>,
    nonzero: NonZero<u16>,
    units: Vec<()>,
    owner: Box<Option<u8>>,
    #[state(bytes)]
    maybe: Option<[u8; 2]>,
}

fn shop() -> Shop {
    Shop {
        base: Base { data: vec![Bicycle { gears: 1, price: 2.0 }], ready: true },
        names: vec!["ab".into(), "ß".into()],
        parts: vec![Part::Small { letter: 'x' }, Part::Wide([1, 2, 3])],
        opened: Some(Duration::new(1, 2)),
        map: [(7, true)].into(),
        nonzero: NonZero::<u16>::MIN,
        units: vec![(); 2],
        owner: Box::new(Some(9)),
        maybe: Some([5, 6]),
    }
}

/// Where a shop's bytes are changed, to what, and what is said of it. The head stands at 40, the tail at 77, the text
/// at 133, the raw arrays at 144.
const TABLE: &[(usize, &[u8], &str)] = &[
    (40, &[0], "Shop.maybe: expected zeros behind a raw array, found 64 at byte 159"),
    (40, &[127], "Shop.base.data: expected 127 elements of 16 bytes, found 32 raw bytes left at byte 40"),
    (
        47,
        &[16],
        "Shop.base.data: expected 1152921504606846977 elements of 16 bytes, found 32 raw bytes left at byte 40",
    ),
    (48, &[2], "Shop.base.ready: expected a bool (0 or 1), found 2 at byte 48"),
    (49, &[127], "Shop.names: expected 127 heads of 4 bytes, found 56 bytes left at byte 77"),
    (
        49,
        &[0xFF; 4],
        if cfg!(target_pointer_width = "64") {
            "Shop.names: expected 8589934594 heads of 4 bytes, found 48 bytes left at byte 85"
        } else {
            "Shop.names: expected a length that memory could hold, found 8589934594 at byte 49"
        },
    ),
    (53, &[1], "Shop: expected the end of the state, found more heads at byte 108"),
    (57, &[2], "Shop.opened: expected an optional value (0 or 1), found 2 at byte 57"),
    (58, &[0], "Shop.units: expected a zero for an empty head, found 7 at byte 127"),
    (62, &[0], "Shop.nonzero: expected a number that is not zero, found 0 at byte 62"),
    (64, &[127], "Shop.units: expected 127 heads of 0 bytes, found 4 bytes left at byte 129"),
    (68, &[2], "Shop.maybe: expected an optional array (0 or 1), found 2 at byte 68"),
    (69, &[3], "Shop.maybe: expected the count that the type fixes, found 3 at byte 69"),
    (77, &[1], "Shop.names[1]: expected text that ends between two characters, found one that does not at byte 81"),
    (77, &[9], "Shop.names[0]: expected text of 9 bytes, found 4 bytes left at byte 77"),
    (81, &[1], "Shop.names[1]: expected text that ends between two characters, found one that does not at byte 81"),
    (85, &[2], "Shop.parts[0]: expected one of the 2 variants of Part, found variant 2 at byte 85"),
    (88, &[0xD8], "Shop.parts[0].Small.letter: expected a char, found 0xd878 at byte 87"),
    (126, &[0x7F], "Shop.opened: expected nanoseconds below a second, found 2130706434 at byte 123"),
    (128, &[2], "Shop.map[0]: expected a bool (0 or 1), found 2 at byte 128"),
    (130, &[1], "Shop.units: expected a zero for an empty head, found 1 at byte 130"),
    (131, &[2], "Shop.owner: expected an optional value (0 or 1), found 2 at byte 131"),
    (135, &[0x80], "Shop: expected UTF-8 text, found other bytes at byte 135"),
    (143, &[1], "Shop: expected zeros before the raw arrays, found other bytes at byte 143"),
    (175, &[1], "Shop.maybe: expected zeros behind a raw array, found 1 at byte 175"),
    (32, &[16], "Shop: expected 160 bytes, found 176 at byte 160"),
    (24, &[0xFF; 8], "Shop: expected lengths that fit in memory, found larger ones at byte 16"),
    (5, &[4], "expected flags of version 1, found 04 [00, 00] at byte 5"),
    (4, &[9], "expected format version 1, found version 9 at byte 4"),
    (0, &[0x80, 4], "expected a native state (magic D7 53 54 41), found what looks like a pickle at byte 0"),
    (0, b"PK", "expected a native state (magic D7 53 54 41), found other bytes at byte 0"),
];

#[test]
fn every_place_is_told() {
    let bytes = dumps(&shop()).unwrap();
    for &(at, with, expected) in TABLE {
        let mut damaged = bytes.clone();
        damaged[at..at + with.len()].copy_from_slice(with);
        let mut target = shop();
        let error = load_into(&damaged, &mut target).unwrap_err();
        assert_eq!(error.to_string(), expected);
        assert_eq!(target, shop());
        assert_eq!(check::<Shop>(&damaged).unwrap_err().to_string(), expected);
        assert_eq!(loads::<Shop>(&damaged).unwrap_err().to_string(), expected);
    }
}

#[test]
fn cuts_are_told_with_the_length_that_was_expected() {
    let bytes = dumps(&shop()).unwrap();
    let told = |len: usize| loads::<Shop>(&bytes[..len]).unwrap_err().to_string();
    assert_eq!(told(0), "expected a native state (magic D7 53 54 41), found nothing at byte 0");
    assert_eq!(told(3), "expected 40 bytes, found 3 at byte 3");
    assert_eq!(told(39), "expected 40 bytes, found 39 at byte 39");
    assert_eq!(told(40), "Shop: expected 176 bytes, found 40 at byte 40");
    assert_eq!(told(175), "Shop: expected 176 bytes, found 175 at byte 175");
    let longer = [&*bytes, &[0]].concat();
    assert_eq!(check::<Shop>(&longer).unwrap_err().to_string(), "Shop: expected 176 bytes, found 177 at byte 176");
}

//! Any bytes as pickles of types: both ways in agree, a refusal changes nothing, and what was read is written and read
//! again as the same.

#![no_main]

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;
use std::path::PathBuf;

use libfuzzer_sys::fuzz_target;
use rich::{Rich, empty, full};
use state_core::pickle::{self, PickleOptions, Protocol, Strings};
use state_core::{RestoreOwned, State, dumps, to_value};

#[derive(State)]
#[state(name = "example.Point", pickle = "dict")]
struct Point {
    x: f64,
    #[state(default)]
    label: Option<String>,
}

#[derive(State)]
#[state(name = "example.Color", pickle = "enum")]
enum Color {
    Red,
    Green,
}

#[derive(State)]
#[state(name = "example.Ride", pickle = "cython")]
struct Ride {
    price: u64,
    away: Vec<u8>,
}

#[derive(State, Default)]
#[state(name = "decimal.Decimal", pickle = "call")]
struct Decimal(String);

/// What the standard library of Python has for these.
#[derive(State, Default)]
#[state(name = "example.Standard")]
struct Standard {
    counts: BTreeMap<String, i32>,
    queue: VecDeque<f32>,
    path: PathBuf,
    range: Range<i16>,
    decimal: Decimal,
}

#[derive(State)]
#[state(name = "example.Various")]
struct Various {
    points: Vec<Point>,
    colors: [Color; 2],
    rides: Vec<Ride>,
    #[state(array)]
    numbers: Vec<f32>,
    texts: Vec<Vec<u8>>,
    #[state(default)]
    standard: Standard,
}

fn various() -> Various {
    Various {
        points: vec![Point { x: 1.5, label: Some("a".into()) }, Point { x: -0.0, label: None }],
        colors: [Color::Red, Color::Green],
        rides: vec![Ride { price: 7, away: vec![0, 255] }],
        numbers: vec![1.0, 2.0],
        texts: vec![vec![1], vec![]],
        standard: Standard {
            counts: [("a".to_string(), 3)].into(),
            queue: [0.5, f32::NAN].into(),
            path: "/a".into(),
            range: -3..4,
            decimal: Decimal("0.1".into()),
        },
    }
}

fn nothing() -> Various {
    let colors = [Color::Green, Color::Red];
    let standard = Standard::default();
    Various { points: vec![], colors, rides: vec![], numbers: vec![], texts: vec![], standard }
}

fn agree<T: State + RestoreOwned>(bytes: &[u8], options: &PickleOptions, targets: [T; 2]) {
    let loaded = options.loads::<T>(bytes);
    for mut target in targets {
        let before = dumps(&target).unwrap();
        let restored = options.load_into(bytes, &mut target);
        let after = dumps(&target).unwrap();
        match (&loaded, restored) {
            (Ok(value), Ok(())) => assert_eq!(after, dumps(value).unwrap()),
            (Err(a), Err(b)) => {
                assert_eq!(a.to_string(), b.to_string());
                assert_eq!(after, before);
            }
            _ => panic!("one way in takes what the other refuses"),
        }
    }
    let Ok(value) = loaded else { return };
    // As text, in which all NaNs are one: text of protocol 0 does not keep them apart.
    let shown = to_value(&value).unwrap().to_string();
    for protocol in Protocol::ALL {
        let pickle = PickleOptions::new().protocol(protocol).dumps(&value).unwrap();
        assert_eq!(to_value(&pickle::loads::<T>(&pickle).unwrap()).unwrap().to_string(), shown);
    }
}

fuzz_target!(|bytes: &[u8]| {
    let options = [PickleOptions::new(), PickleOptions::new().strings(Strings::Bytes).expansion(1)];
    for options in &options {
        agree::<Rich>(bytes, options, [full(), empty()]);
        agree::<Various>(bytes, options, [various(), nothing()]);
    }
});

//! Native bytes without a header: their length and contents, and that any bytes give an error or a value.
//! `tests/golden.rs` has their golden files.

mod errors;
mod regions;
mod shared;
mod streams;

use std::fmt::Debug;

use state_core::image::bare;
use state_core::{Record, RestoreOwned, State, dumps};

#[derive(State, Debug, Clone, PartialEq)]
struct Pair {
    key: u32,
    value: f64,
}

#[derive(State, Debug, Clone, PartialEq)]
struct Named {
    name: String,
    age: u8,
}

#[derive(State, Debug, Clone, PartialEq)]
struct Player {
    name: String,
    items: Vec<u16>,
    alive: bool,
}

#[derive(State, Debug, Clone, PartialEq)]
enum Message {
    Ping(u64),
    Said { from: u32, text: String },
    Seen(Vec<Player>),
    Left,
}

#[derive(State, Debug, Clone, PartialEq)]
struct Tree {
    value: i16,
    children: Vec<Tree>,
    next: Option<Box<Tree>>,
}

#[derive(State, Debug, Clone, PartialEq)]
struct Generic<T> {
    of: T,
}

#[derive(State, Debug, Clone, PartialEq)]
struct Packet {
    kind: u8,
    #[state(bytes)]
    payload: Vec<u8>,
}

#[derive(State, Debug, Clone, PartialEq)]
struct Everything {
    name: String,
    list: Vec<Named>,
    #[state(bytes)]
    samples: Vec<f32>,
}

#[derive(Record, Debug, Clone, Copy, PartialEq)]
#[repr(C)]
struct Point {
    x: f32,
    y: f32,
}

fn player(name: &str) -> Player {
    Player { name: name.into(), items: vec![1, 2, 3], alive: true }
}

/// Whatever a buffer held, and however much more it has room for, it then holds the state and nothing else.
#[test]
fn a_used_buffer_shows_nothing_of_its_past() {
    for (held, more) in [(0, 0), (0, 63), (1, 0), (5, 64), (40, 65), (64, 1), (200, 0), (3000, 0), (3, 3000)] {
        for len in [0, 1, 59, 60, 61, 124, 125, 1019, 1020, 2000] {
            let mut buffer = Vec::with_capacity(held + more);
            buffer.resize(held, 0xAA);
            let text = "t".repeat(len);
            bare::dump_into(&text, &mut buffer).unwrap();
            assert_eq!(buffer, [&(len as u32).to_le_bytes()[..], text.as_bytes()].concat(), "{held} {more} {len}");
        }
    }
}

/// Writes and loads a value on every path, and restores it over a live value.
fn round<T: State + RestoreOwned + Debug + PartialEq + Clone>(value: &T, other: &T) -> usize {
    let bytes = bare::dumps(value).unwrap();
    let mut buffer = vec![0xAA; 1000];
    bare::dump_into(value, &mut buffer).unwrap();
    assert_eq!(buffer, bytes);
    bare::check::<T>(&bytes).unwrap();
    assert_eq!(bare::loads::<T>(&bytes).unwrap(), *value);
    let mut live = other.clone();
    bare::load_into(&bytes, &mut live).unwrap();
    assert_eq!(live, *value);
    assert!(bytes.len() <= dumps(value).unwrap().len() - 24, "{value:?}");
    hostile(&bytes, other);
    bytes.len()
}

/// Changes every byte to every value, truncates everywhere, and appends a byte: all ways of loading agree, and a
/// failure changes nothing.
fn hostile<T: State + RestoreOwned + Debug + PartialEq + Clone>(bytes: &[u8], other: &T) {
    for at in 0..bytes.len() {
        let mut damaged = bytes.to_vec();
        for byte in 0..=u8::MAX {
            damaged[at] = byte;
            answers(&damaged, other);
        }
    }
    for len in 0..bytes.len() {
        assert!(bare::loads::<T>(&bytes[..len]).is_err(), "cut to {len}");
        answers(&bytes[..len], other);
    }
    for more in [0, 1, 0xFF] {
        let longer = [bytes, &[more]].concat();
        assert!(bare::check::<T>(&longer).is_err(), "and a byte more");
        answers(&longer, other);
    }
}

fn answers<T: State + RestoreOwned + Debug + PartialEq + Clone>(bytes: &[u8], other: &T) {
    let mut live = other.clone();
    let restored = bare::load_into(bytes, &mut live);
    match bare::loads::<T>(bytes) {
        Ok(value) => {
            restored.unwrap();
            bare::check::<T>(bytes).unwrap();
            assert_eq!(format!("{live:?}"), format!("{value:?}"));
        }
        Err(error) => {
            assert_eq!(restored.unwrap_err().to_string(), error.to_string());
            assert_eq!(bare::check::<T>(bytes).unwrap_err().to_string(), error.to_string());
            assert_eq!(live, *other, "{error}");
            assert!(error.offset().is_none_or(|offset| offset <= bytes.len()), "{error}");
        }
    }
}

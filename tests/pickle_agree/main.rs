//! Pickles in the usual layout are read by the fast path, all others by a stack machine. Both give the same for any
//! stream: those that Python writes, our own, and random changes of these.

#![allow(clippy::option_option, clippy::cast_precision_loss, reason = "the kinds that are compared")]

#[path = "../example/mod.rs"]
mod example;
mod kinds;
mod opcodes;
#[path = "../python/mod.rs"]
mod python;
mod rows;
mod streams;
mod unusual;
mod written;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Debug;
use std::num::NonZeroU16;
use std::ops::Range;
use std::time::Duration;

use example::Person;
use state_core::pickle::{self, PickleOptions};
use state_core::{RestoreOwned, State};

#[derive(State, Clone, Debug, PartialEq)]
#[state(name = "example.Place", pickle = "dict")]
struct Place {
    name: String,
    height: f64,
}

#[derive(State, Clone, Debug, PartialEq)]
#[state(name = "example.Town", pickle = "dict")]
struct Town {
    #[state(flatten_parent)]
    place: Place,
    mayor: Option<Box<str>>,
    area: Option<i16>,
    #[state(bytes)]
    map: Vec<u16>,
}

/// An object of a class with `__slots__`.
#[derive(State, Clone, Debug, PartialEq)]
#[state(name = "example.Spot", pickle = "slots")]
struct Spot {
    name: String,
    #[state(bytes)]
    map: Vec<u16>,
    near: Option<Box<Spot>>,
    pair: (i16, Vec<String>),
}

#[derive(State, Clone, Debug, PartialEq)]
#[state(name = "example.One", pickle = "dict")]
struct One {
    #[state(default)]
    only: u64,
}

#[derive(State, Clone, Debug, PartialEq)]
enum Shape {
    Empty,
    Named(String),
    Many { a: u8, b: i8, c: f32, d: bool },
}

/// Its slots include groups with few small items or none.
#[derive(State, Clone, Debug, PartialEq)]
#[state(name = "example.Club")]
struct Club {
    members: Vec<Person>,
    name: String,
    shares: BTreeMap<String, i16>,
    tags: BTreeSet<String>,
    rows: Vec<(u8, bool)>,
    place: (i32, i32, i32, i32),
}

/// Each of its slots has a kind that has no opcode, or has a special form.
#[derive(State, Clone, Debug, PartialEq)]
#[state(name = "example.Odd")]
struct Odd {
    letter: char,
    after: Duration,
    at: [f32; 3],
    twenty: [u8; 20],
    flags: [Option<bool>; 17],
    maybe: Option<Option<i64>>,
    boxed: Box<(u128, i128)>,
    some: NonZeroU16,
    color: Color,
    pair: Pair,
    span: Range<u32>,
    bag: Bag,
}

#[derive(State, Clone, Debug, PartialEq)]
#[state(name = "example.Color", pickle = "enum")]
enum Color {
    Red = 1,
    Green = 2,
}

#[derive(State, Clone, Debug, PartialEq)]
#[state(name = "example.Pair", pickle = "call")]
struct Pair {
    one: String,
    two: Vec<Vec<u16>>,
}

#[derive(State, Clone, Debug, PartialEq)]
#[state(name = "example.Bag", pickle = "cython")]
struct Bag {
    width: u64,
    name: String,
    also: Vec<String>,
}

/// How a stream was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Read {
    /// By the fast path, and by the machine with the same result.
    Directly,
    /// Only by the machine.
    ByTheMachine,
    Refused,
}

/// Reads a stream, by the fast path if that supports it; and once more with two opcodes inserted that the fast path
/// does not support and that change nothing for the machine.
fn agrees<T: RestoreOwned + PartialEq + Debug>(pickle: &[u8]) -> Read {
    let head = if pickle.first() == Some(&0x80) { 2.min(pickle.len()) } else { 0 };
    let long = [&pickle[..head], b"N0", &pickle[head..]].concat();
    assert!(!PickleOptions::new().is_read_directly::<T>(&long), "{long:?}");
    assert!(!PickleOptions::new().is_built_directly(&long), "{long:?}");
    values_agree(pickle, &long);
    match (pickle::loads::<T>(pickle), pickle::loads::<T>(&long)) {
        (Ok(short), Ok(long)) => {
            // A NaN does not equal itself, but prints alike.
            assert!(short == long || format!("{short:?}") == format!("{long:?}"), "{short:?}, {long:?}: {pickle:?}");
            if PickleOptions::new().is_read_directly::<T>(pickle) { Read::Directly } else { Read::ByTheMachine }
        }
        (Err(_), Err(_)) => Read::Refused,
        (short, long) => panic!("{short:?} on the short way, {long:?} on the long one: {pickle:?}"),
    }
}

/// Reads a stream as a value while its opcodes run; and from the parts that the machine makes, which it does after a
/// value was dropped.
fn values_agree(pickle: &[u8], long: &[u8]) {
    match (pickle::load_value(pickle), pickle::load_value(long)) {
        (Ok(short), Ok(long)) => {
            assert_eq!(format!("{short:?}"), format!("{long:?}"), "{pickle:?}");
            // Including how the objects are made.
            let [short, long] = [short, long].map(|value| pickle::dump_value(&value));
            assert_eq!(short.ok(), long.ok(), "{pickle:?}");
        }
        (Err(_), Err(_)) => {}
        (short, long) => panic!("{short:?} while it runs, {long:?} from the parts: {pickle:?}"),
    }
}

/// Reads a stream as the type with this letter.
fn agrees_as(letter: u8, pickle: &[u8]) -> Read {
    match letter {
        b'a' => agrees::<Vec<Person>>(pickle),
        b'b' => agrees::<Vec<Place>>(pickle),
        b'c' => agrees::<Vec<Town>>(pickle),
        b'd' => agrees::<Vec<One>>(pickle),
        b'e' => agrees::<Vec<(i64, f64)>>(pickle),
        b'f' => agrees::<Vec<HashMap<String, i16>>>(pickle),
        b'g' => agrees::<Vec<BTreeMap<String, String>>>(pickle),
        b'h' => agrees::<(Vec<Person>, HashMap<String, Person>, Vec<String>)>(pickle),
        b'i' => agrees::<Vec<(bool, u8, i8, u16, i16, u32, u64, f32, Option<u32>, ((), (i64,)))>>(pickle),
        b'j' => agrees::<Vec<Vec<Option<(bool, u16)>>>>(pickle),
        b'l' => agrees::<Vec<Club>>(pickle),
        b'n' => agrees::<(Vec<Person>, Vec<Place>, Vec<((i32, i64), f64)>)>(pickle),
        b'o' => agrees::<Vec<Odd>>(pickle),
        b'p' => agrees::<Vec<Spot>>(pickle),
        b'm' => agrees::<Vec<(Vec<String>, Vec<(u8, u8, u8, u8)>, String)>>(pickle),
        _ => agrees::<Vec<Shape>>(pickle),
    }
}

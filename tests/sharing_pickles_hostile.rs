//! Hostile references in pickles: whatever sharing a pickle claims, it is refused with bounded work, or gives a value
//! in which each reference has the right type; nothing leaks, and no depth overflows the stack.

#![allow(clippy::items_after_statements, reason = "a type beside what it is compared with")]

mod counted;
mod numbers;

use std::rc::Rc;

use counted::{Counted, Link, Two, alive, open, ring, two};
use numbers::Random;
use state_core::pickle::{self, PickleOptions as Options, Protocol};
use state_core::{ErrorKind, RestoreOwned, State};

fn each_byte<T: RestoreOwned>(protocol: Protocol, honest: &T, live: impl Fn() -> T, close: impl Fn(T)) {
    let dumps = |value: &T| Options::new().protocol(protocol).dumps(value).unwrap();
    counted::each_byte(dumps(honest), live, close, dumps, pickle::loads, pickle::load_into);
}

#[test]
fn every_byte_of_a_shared_state() {
    each_byte(Protocol::V4, &two(), two, drop);
}

#[test]
fn every_byte_of_a_ring() {
    for protocol in [Protocol::V0, Protocol::V2, Protocol::V5] {
        let honest = ring(2);
        each_byte(protocol, &honest, || ring(2), |node| open(&node));
        open(&honest);
    }
}

/// References to any number of other entries of the memo.
#[test]
fn random_references() {
    let honest = ring(3);
    let image = pickle::dumps(&honest).unwrap();
    let places: Vec<usize> = pickle::Pickle::open(&image)
        .unwrap()
        .operations()
        .filter_map(|operation| operation.to_string().contains("BINGET").then_some(operation.offset()))
        .collect();
    assert!(places.len() > 10);
    let (before, mut random) = (alive(), Random(1));
    let mut passed = 0;
    for _ in 0..20_000 {
        let mut bytes = image.clone();
        for _ in 0..=random.below(4) {
            bytes[places[random.below(places.len())] + 1] = random.below(6) as u8;
        }
        if let Ok(node) = pickle::loads::<Link>(&bytes) {
            passed += 1;
            let again = pickle::dumps(&node).unwrap();
            open(&pickle::loads(&again).unwrap());
            open(&node);
        }
        assert_eq!(alive(), before);
    }
    assert!(passed > 100, "{passed}");
    open(&honest);
}

/// A ring of `len` nodes as Python nests it, each in the previous one.
fn nested(len: usize) -> Vec<u8> {
    let mut bytes = b"\x80\x04\x8c\x08__main__\x8c\x04Node\x93\x94".to_vec();
    for number in 0..len {
        bytes.extend_from_slice(b"h\x00)\x81\x94(");
        bytes.push(b'J');
        bytes.extend_from_slice(&(number as i32).to_le_bytes());
    }
    bytes.extend_from_slice(b"h\x01");
    for _ in 0..len {
        bytes.extend_from_slice(b"]Ntb");
    }
    bytes.push(b'.');
    bytes
}

#[test]
fn rings_that_are_too_deep_are_refused() {
    let before = alive();
    for len in [1, 2, 50, 120, 1000, 100_000] {
        match pickle::loads::<Link>(&nested(len)) {
            Ok(node) => {
                assert!(len < 128);
                open(&node);
            }
            Err(error) => assert!(len > 128 && error.kind() == ErrorKind::Depth, "{len}: {error}"),
        }
        assert_eq!(alive(), before, "{len}");
    }
    // The same applies to writing.
    for len in [60, 120, 250, 5000] {
        let long = ring(len);
        match pickle::dumps(&long) {
            Ok(bytes) => open(&pickle::loads(&bytes).unwrap()),
            Err(error) => assert!(len > 128 && error.kind() == ErrorKind::Depth, "{len}: {error}"),
        }
        open(&long);
    }
    assert_eq!(alive(), before);
}

/// The previous object twice, repeatedly: the number of objects is linear, while that of copies would be exponential.
#[test]
fn doubled_references_stay_few() {
    #[derive(State)]
    #[state(shared)]
    struct Fork {
        #[state(with = counted::number)]
        counted: Counted,
        parts: Vec<Rc<Fork>>,
    }
    let mut bytes = b"\x80\x04\x8c\x08__main__\x8c\x04Fork\x93\x940".to_vec();
    for _ in 0..60 {
        bytes.extend_from_slice(b"h\x00)\x81K\x01](");
    }
    for level in 0..60_u8 {
        // The parts of a fork are the previous one, twice.
        if level > 0 {
            bytes.extend_from_slice(&[b'h', level]);
        }
        bytes.extend_from_slice(b"e\x86b\x94");
    }
    bytes.push(b'.');
    let before = alive();
    let fork = pickle::loads::<Rc<Fork>>(&bytes).unwrap();
    assert_eq!(alive(), before + 60);
    assert!(Rc::ptr_eq(&fork.parts[0], &fork.parts[1]));
    let again = pickle::dumps(&fork).unwrap();
    assert!(again.len() < 60 * 20);
    drop(fork);
    assert_eq!(alive(), before);
    // Without sharing, the copies reach a limit.
    #[derive(State)]
    #[state(name = "Fork")]
    struct Copied {
        counted: u32,
        parts: Vec<Rc<Copied>>,
    }
    assert!(pickle::loads::<Rc<Copied>>(&bytes).is_err());
}

/// The target of a reference has the right type, or the pickle is refused.
#[test]
fn a_reference_to_something_else_is_refused() {
    let honest = two();
    let bytes = pickle::dumps(&honest).unwrap();
    for number in 0..12 {
        let mut other = bytes.clone();
        for at in 0..other.len() - 1 {
            if other[at] == b'h' && other[at + 1] != 0 {
                other[at + 1] = number;
            }
        }
        let _ = pickle::loads::<Two>(&other);
    }
    // A weak reference to something that is not an object of the class.
    let weak = pickle::dumps(&honest).unwrap();
    let at = weak.iter().rposition(|&byte| byte == b'h').unwrap();
    let mut number = weak.clone();
    number.splice(at..at + 2, *b"K\x07");
    let error = pickle::loads::<Two>(&number).err().unwrap().to_string();
    assert!(error.contains("watch") && error.contains("Leaf"), "{error}");
}

#[test]
fn refused_rings_leak_nothing() {
    counted::refused_rings_leak_nothing(|root| pickle::dumps(root).unwrap(), pickle::loads, pickle::load_into);
}

//! Bytes with a forged schema: it is read within bounds, whatever it claims, and never trusted.

mod errors;
#[path = "../made_up/mod.rs"]
mod made_up;
mod shown;
mod types;
mod upgraded;

use made_up::leb;
use state_core::{Inspection, State, check, loads};

#[derive(State, Debug, PartialEq)]
#[state(name = "example.Point")]
struct Point {
    x: i32,
    y: i32,
}

const LIST: u8 = 8;

const UNIT: u8 = 0;

const U8: [u8; 3] = [3, 8, 0];

fn back(index: u64) -> Vec<u8> {
    [vec![0xFF], leb(index)].concat()
}

fn tuple(items: &[Vec<u8>]) -> Vec<u8> {
    [vec![12], leb(items.len() as u64), items.concat()].concat()
}

fn array(len: u64, of: &[u8]) -> Vec<u8> {
    [vec![11], leb(len), of.to_vec()].concat()
}

/// An object without a name, whose slots have none.
fn object(has_parent: bool, slots: &[Vec<u8>]) -> Vec<u8> {
    let count = leb(slots.len() as u64);
    let slots = slots.iter().map(|slot| [&[0], &**slot].concat()).collect::<Vec<_>>().concat();
    [vec![15, 0, u8::from(has_parent)], count, slots].concat()
}

/// A record without a name: its size, and fields at their offsets.
fn record(size: u64, fields: &[(u64, Vec<u8>)]) -> Vec<u8> {
    let field = |(offset, ty): &(u64, Vec<u8>)| [vec![0], leb(*offset), ty.clone()].concat();
    let count = leb(fields.len() as u64);
    [vec![17, 0], leb(size), count, fields.iter().map(field).collect::<Vec<_>>().concat()].concat()
}

fn raw(element: &[u8]) -> Vec<u8> {
    [&[14, 0], element].concat()
}

/// A tuple of lists, each of a type that `make` builds from the index of the one before it, and then of `last`: many
/// types whose heads contain one another, without nesting in the bytes.
fn chain(count: u64, first: Vec<u8>, make: impl Fn(u64) -> Vec<u8>, last: Vec<u8>) -> Vec<u8> {
    let list = |of: Vec<u8>| [vec![LIST], of].concat();
    let links = (1..count).map(|index| list(make(index - 1)));
    tuple(&[list(first)].into_iter().chain(links).chain([last]).collect::<Vec<_>>())
}

/// Opens the bytes, and where that succeeds reads both forms: whether everything succeeded.
fn survives(bytes: &[u8]) -> bool {
    Inspection::open(bytes).is_ok_and(|inspection| {
        let (value, tree) = (inspection.value(), inspection.tree());
        assert_eq!(value.is_ok(), tree.is_ok());
        tree.is_ok_and(|tree| {
            assert!(tree.len() < 0x10_0000 + 1000 * bytes.len(), "{} of {}", tree.len(), bytes.len());
            true
        })
    })
}

/// The error of loading bytes of a forged type as a `Point`.
fn refused(bytes: &[u8]) -> state_core::Error {
    let error = loads::<Point>(bytes).unwrap_err();
    assert!(check::<Point>(bytes).is_err());
    error
}

//! Pickles of PyO3 classes are read in Rust: the slots are matched by the names in the pickle.
//!
//! `tests/python_door/test_read.py` writes them, and compares them with what the classes write.

mod damage;
mod evolved;
mod kinds;
mod shown;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::path::Path;

use state_core::pickle::PickleOptions;
use state_core::{RestoreOwned, State, pickle};

fn files(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/classes");
    [0, 2, 4].map(|protocol| std::fs::read(folder.join(format!("{name}_p{protocol}.pkl"))).unwrap()).into()
}

/// Returns the object in the file of each protocol, loaded into a new value and into another one.
fn loaded<T: RestoreOwned + Debug + PartialEq>(name: &str) -> T {
    let all: Vec<T> =
        files(name).iter().map(|file| pickle::loads(file).unwrap_or_else(|error| panic!("{error}"))).collect();
    let mut all = all.into_iter();
    let (first, mut second) = (all.next().unwrap(), all.next().unwrap());
    assert_eq!(first, second);
    for file in files(name) {
        pickle::load_into(&file, &mut second).unwrap();
        assert_eq!(first, second);
    }
    assert_eq!(first, all.next().unwrap());
    first
}

fn refused<T: RestoreOwned + Debug>(name: &str) -> String {
    let texts: BTreeSet<String> =
        files(name).iter().map(|file| pickle::loads::<T>(file).unwrap_err().to_string()).collect();
    assert_eq!(texts.len(), 1, "{texts:?}");
    texts.into_iter().next().unwrap()
}

#[derive(State, Clone, Debug, PartialEq)]
#[state(name = "zoo.OldSize")]
struct Size {
    height: f64,
    width: f64,
}

#[test]
fn slots_in_another_order_are_matched_by_name() {
    assert_eq!(loaded::<Size>("size"), Size { width: 1.0, height: 2.0 });
    let sizes: Vec<Size> = loaded("sizes");
    let widths: Vec<f64> = sizes.iter().map(|size| size.width).collect();
    assert_eq!(widths, [0.0, 1.0, 2.0, 0.0, 1.0, 2.0]);
}

#[test]
fn a_few_objects_among_other_data_are_read_alone() {
    for file in files("size").into_iter().skip(1) {
        let (protocol, body) = file[..file.len() - 1].split_at(2);
        let body = body.strip_prefix(b"\x95").map_or(body, |frame| &frame[8..]);
        let nothing = [b'N'; 10_000];
        let pickle = [protocol, b"](", &nothing, body, &nothing, b"e."].concat();
        assert!(PickleOptions::new().is_read_directly::<Vec<Option<Size>>>(&pickle));
        let mut sizes = pickle::loads::<Vec<Option<Size>>>(&pickle).unwrap();
        assert_eq!(sizes.swap_remove(10_000).unwrap(), loaded("size"));
        assert_eq!(sizes, vec![None; 20_000]);
    }
}

mod other_names {
    use state_core::State;

    #[derive(State, Debug)]
    #[state(name = "zoo.OldSize")]
    pub struct Size {
        _width: f64,
        _length: f64,
    }

    #[derive(State, Debug)]
    #[state(name = "zoo.OldSize")]
    pub struct Width {
        _width: f64,
    }

    #[derive(State, Debug)]
    #[state(name = "zoo.OldSize")]
    pub struct Height {
        #[state(rename = "height")]
        _height: f64,
    }
}

#[test]
fn slots_of_other_names_are_told_with_what_to_write() {
    assert_eq!(
        refused::<other_names::Size>("size"),
        "OldSize._width: expected f64, found a state of another version without it; write `#[state(default)]` on the \
         field, or `alias(\"width\")` or `alias(\"height\")` if that is what it was called"
    );
    let error = refused::<other_names::Width>("size");
    assert!(error.starts_with("OldSize._width: "), "{error}");
    // A name that no slot has is told as it is of a file.
    assert_eq!(
        refused::<other_names::Height>("size"),
        "OldSize: expected only the slot of zoo.OldSize, found \"width\": float 1.0; if it was removed, write \
         `#[state(removed(\"width\"))]` on `OldSize`; if it was renamed, `#[state(alias(\"width\"))]` on the field; if a newer \
         version of the program added it, this one is too old for the state"
    );
}

#[derive(State, Debug, PartialEq)]
struct Address {
    town: String,
    street: String,
}

#[derive(State, Debug, PartialEq)]
#[state(name = "zoo.OldPerson", removed("nick"))]
struct Person {
    #[state(bytes)]
    marks: Vec<i32>,
    #[state(default)]
    others: BTreeMap<String, String>,
    age: Option<u64>,
    #[state(alias("name"))]
    full_name: String,
    addresses: Vec<Address>,
    #[state(default = shoe)]
    shoe: u8,
}

fn shoe() -> u8 {
    42
}

#[test]
fn every_attribute_of_evolution_applies_and_structs_inside_change_too() {
    let address = || Address { street: "Elm".into(), town: "Oslo".into() };
    let person = Person {
        marks: vec![1, -2],
        others: BTreeMap::new(),
        age: Some(30),
        full_name: "Dave".into(),
        addresses: vec![address(), address()],
        shoe: 42,
    };
    assert_eq!(loaded::<Person>("person"), person);
}

//! Keys of maps and sets.

use std::collections::{BTreeMap, BTreeSet};

use state_core::State;

use super::Cases;

#[derive(State, Debug, PartialEq, Eq, PartialOrd, Ord, Clone)]
#[state(name = "keys.Place")]
pub struct Place {
    x: i8,
    names: (String, Option<Corner>),
}

#[derive(State, Debug, PartialEq, Eq, PartialOrd, Ord, Clone)]
#[state(name = "keys.Corner", pickle = "dict")]
struct Corner {
    y: u8,
}

#[derive(State, Debug, PartialEq, Eq, PartialOrd, Ord, Clone)]
#[state(name = "keys.Path")]
pub struct Path {
    steps: Vec<u16>,
}

#[test]
fn keys_are_hashed() {
    let place = |x| Place { x, names: ("n".into(), Some(Corner { y: 1 })) };
    let mut cases = Cases::default();
    let places: BTreeSet<Place> = [place(1), place(2)].into();
    cases.add(places, "Place(1, ('n', Corner(1))) in made");
    // A list cannot be hashed, so such objects are hashed by identity.
    let paths: BTreeMap<Path, u8> = [(Path { steps: vec![1] }, 2)].into();
    cases.add(paths, "[path.steps for path in made] == [[1]]");
    cases.check();
}

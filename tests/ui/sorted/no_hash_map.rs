// A list has an order of its own, and a B-tree is sorted already.
use state_core::State;

use std::collections::{BTreeMap, HashSet};

#[derive(State)]
struct Index {
    #[state(sorted)]
    words: BTreeMap<String, u32>,
}

#[derive(State)]
struct Costs {
    #[state(sorted)]
    seen: HashSet<Price>,
}

#[derive(State, PartialEq, Eq, Hash)]
struct Price(u32);

fn main() {}

// Behind an alias, and where the keys have no order.
use state_core::State;

use std::collections::{BTreeMap, HashSet};

#[derive(State)]
struct Index {
    #[state(sorted)]
    words: Words,
}

type Words = BTreeMap<String, u32>;

#[derive(State)]
struct Costs {
    #[state(sorted)]
    seen: HashSet<Price>,
}

#[derive(State, PartialEq, Eq, Hash)]
struct Price(u32);

fn main() {}

// The keys of a map need more than a state, and the type says so itself.
use std::collections::BTreeMap;

use state_core::State;

#[derive(State)]
struct Index<K> {
    names: BTreeMap<K, String>,
}

fn main() {}

// What has an order of its own is not sorted, and a float is no key: one error each.
use state_core::State;

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

#[derive(State)]
struct Index {
    #[state(sorted)]
    list: Vec<u8>,
    #[state(sorted)]
    queue: VecDeque<u8>,
    #[state(sorted)]
    tree: BTreeMap<u8, u8>,
    #[state(sorted)]
    costs: HashMap<f32, u8>,
    #[state(sorted)]
    places: HashSet<(u8, Option<f64>)>,
}

fn main() {}

// A float is no key, in whatever map or set and however deep: one error for a field, at the float.
use state_core::State;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

#[derive(State)]
struct Costs {
    of: HashMap<f64, u8>,
    sorted: BTreeMap<(u8, f32), u8>,
    #[state(sorted)]
    nested: Vec<HashMap<u8, HashSet<f64>>>,
}

#[derive(State)]
enum Places {
    At { set: Option<BTreeSet<[f32; 2]>> },
    Nowhere(Box<HashSet<Option<f64>>>),
}

// Values may be floats.
#[derive(State)]
struct Prices(HashMap<u8, f64>, BTreeMap<String, Vec<f32>>);

fn main() {}

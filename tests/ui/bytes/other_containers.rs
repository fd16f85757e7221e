// Elements that do not lie side by side are no raw array.
use std::collections::{HashMap, VecDeque};

use state_core::State;

#[derive(State)]
struct Series {
    #[state(bytes)]
    samples: VecDeque<f32>,
    #[state(bytes)]
    by_name: HashMap<u8, f32>,
}

fn main() {}

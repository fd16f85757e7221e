// What serde makes of a set is not ours to sort.
use state_core::State;

use std::collections::HashSet;

#[derive(State)]
struct Person {
    #[state(serde, sorted)]
    tags: HashSet<String>,
}

fn take<T: State>() {}

fn main() {
    take::<Person>();
}

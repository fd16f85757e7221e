// The module decides the order itself.
use state_core::State;

use std::collections::HashSet;

#[derive(State)]
struct Person {
    #[state(with = hex, sorted)]
    tags: HashSet<String>,
}

fn take<T: State>() {}

fn main() {
    take::<Person>();
}

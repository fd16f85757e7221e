// The runtime cannot be named, so no stub is emitted, which would be a second error.
use state_core::State;

#[derive(State)]
#[state(crate = 5)]
struct Person {
    name: String,
}

fn main() {}

// `impl Trait` is no field type at all: rustc says so, once.
use state_core::State;

#[derive(State)]
struct Person {
    name: impl Clone,
}

fn main() {}

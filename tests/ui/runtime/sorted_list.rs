// Only hash maps and sets have an order to choose.
use state_core::State;

#[derive(State)]
struct Index {
    #[state(sorted)]
    names: Vec<String>,
}

fn main() {}

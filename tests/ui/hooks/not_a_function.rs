// A constant is not a function.
use state_core::State;

const LIMIT: u32 = 7;

#[derive(State)]
#[state(after_set = LIMIT)]
struct Cache {
    size: u32,
}

fn main() {}

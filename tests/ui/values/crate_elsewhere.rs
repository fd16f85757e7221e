// The path of the runtime leads somewhere else.
use state_core::State;

#[derive(State)]
#[state(crate = runtime)]
struct Cache {
    size: u32,
}

fn main() {}

// The path leads to a module that is there, and is not the runtime.
use state_core::State;

mod runtime {}

#[derive(State)]
#[state(crate = crate::runtime)]
struct Cache {
    size: u32,
}

fn main() {}

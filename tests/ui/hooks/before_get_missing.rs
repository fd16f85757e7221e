// A hook must be there.
use state_core::State;

#[derive(State)]
#[state(before_get = Self::prepare)]
struct Cache {
    size: u32,
}

fn main() {}

// A parent that has no state at all.
use state_core::State;

struct Base {
    id: u32,
}

#[derive(State)]
struct Child {
    #[state(flatten_parent)]
    base: Base,
    age: u8,
}

fn main() {}

// A box is a slot: what stands in it is one value, and not the prefix of another.
use state_core::State;

#[derive(State)]
struct Base {
    id: u32,
}

#[derive(State)]
struct Child(#[state(flatten_parent)] Box<Base>, u8);

fn main() {}

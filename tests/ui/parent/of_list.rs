// What has no slots of its own cannot be a parent.
use state_core::State;

#[derive(State)]
struct Base {
    id: u32,
}

#[derive(State)]
enum Kind {
    Plain,
}

#[derive(State)]
struct Child {
    #[state(flatten_parent)]
    base: Vec<u8>,
    age: u8,
}

fn main() {}

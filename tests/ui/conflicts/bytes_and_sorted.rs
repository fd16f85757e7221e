// The order of an array is part of it.
use state_core::State;

#[derive(State)]
struct Person {
    #[state(sorted, bytes)]
    data: Vec<u8>,
}

fn take<T: State>() {}

fn main() {
    take::<Person>();
}

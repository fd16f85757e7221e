// A default is a function: not a value, not a call, not a closure.
use state_core::State;

#[derive(State)]
struct Person {
    #[state(skip, default = 5)]
    cache: u32,
    #[state(skip, default = Vec::new())]
    list: Vec<u8>,
    #[state(skip, default = || 7)]
    other: u32,
}

fn take<T: State>() {}

fn main() {
    take::<Person>();
}

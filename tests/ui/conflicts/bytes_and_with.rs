// A module encodes the field as it likes, so `bytes` has no say in it.
use state_core::State;

#[derive(State)]
struct Person {
    #[state(bytes, with = hex)]
    data: Vec<u8>,
}

fn take<T: State>() {}

fn main() {
    take::<Person>();
}

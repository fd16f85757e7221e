// A module or serde: one of them.
use state_core::State;

#[derive(State)]
struct Person {
    #[state(serde, with = hex)]
    key: u64,
}

fn take<T: State>() {}

fn main() {
    take::<Person>();
}

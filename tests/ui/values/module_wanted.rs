// `with` and `crate` name modules, which have no generic arguments.
use state_core::State;

#[derive(State)]
struct Person {
    #[state(with = hex::<8>)]
    key: u64,
    #[state(with = hex())]
    other: u64,
    #[state(with = Vec<u8>)]
    last: u64,
}

fn take<T: State>() {}

fn main() {
    take::<Person>();
}

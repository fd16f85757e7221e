// An array of addresses is no state, raw or not.
use state_core::State;

#[derive(State)]
struct Person {
    #[state(bytes)]
    data: Vec<*const u8>,
}

fn take<T: State>() {}

fn main() {
    take::<Person>();
}

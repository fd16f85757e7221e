// `uncounted` is about a raw array, which is what `bytes` makes of the field.
use state_core::State;

#[derive(State)]
struct Person {
    #[state(uncounted)]
    data: Vec<u8>,
}

fn take<T: State>() {}

fn main() {
    take::<Person>();
}

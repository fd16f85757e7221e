// Two words without a comma between them.
use state_core::State;

#[derive(State)]
struct Person {
    #[state(bytes uncounted)]
    data: Vec<u8>,
}

fn take<T: State>() {}

fn main() {
    take::<Person>();
}

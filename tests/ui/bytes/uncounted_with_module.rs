// The same where another way is chosen.
use state_core::State;

#[derive(State)]
struct Person {
    #[state(uncounted, with = hex)]
    data: Vec<u8>,
}

fn take<T: State>() {}

fn main() {
    take::<Person>();
}

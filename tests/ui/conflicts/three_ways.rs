// Each further way is one error, not each pair.
use state_core::State;

#[derive(State)]
struct Person {
    #[state(bytes, sorted, serde)]
    data: Vec<u8>,
}

fn take<T: State>() {}

fn main() {
    take::<Person>();
}

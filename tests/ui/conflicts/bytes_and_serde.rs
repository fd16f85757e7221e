// Raw bytes or serde: one of them.
use state_core::State;

#[derive(State)]
struct Person {
    #[state(bytes)]
    #[state(serde)]
    data: Vec<u8>,
}

fn take<T: State>() {}

fn main() {
    take::<Person>();
}

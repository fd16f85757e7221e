// A slot always has a value when it is restored: its default would never be used.
use state_core::State;

#[derive(State)]
struct Person {
    #[state(default)]
    name: String,
    #[state(default = Vec::new, bytes)]
    data: Vec<u8>,
}

fn take<T: State>() {}

fn main() {
    take::<Person>();
}

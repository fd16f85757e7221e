// A path where a word should stand: words have no namespace.
use state_core::State;

#[derive(State)]
struct Person {
    #[state(serde::skip)]
    name: String,
}

fn take<T: State>() {}

fn main() {
    take::<Person>();
}

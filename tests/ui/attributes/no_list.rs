// `state` without a list, and with a value: the attribute has a list of words.
use state_core::State;

#[derive(State)]
#[state = "example.Person"]
struct Person {
    #[state]
    name: String,
}

fn take<T: State>() {}

fn main() {
    take::<Person>();
}

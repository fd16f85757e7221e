// A form that there is none of: the message lists those there are.
use state_core::State;

#[derive(State)]
#[state(pickle = "json")]
struct Person {
    name: String,
}

fn take<T: State>() {}

fn main() {
    take::<Person>();
}

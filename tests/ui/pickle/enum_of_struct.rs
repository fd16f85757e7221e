// A struct has no members, so it cannot be pickled as one of a Python enum.
use state_core::State;

#[derive(State)]
#[state(pickle = "enum")]
struct Person {
    name: String,
}

fn take<T: State>() {}

fn main() {
    take::<Person>();
}

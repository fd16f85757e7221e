// Words of types on a field: the message says where they belong, and that a field is named otherwise.
use state_core::State;

#[derive(State)]
struct Person {
    #[state(name = "title")]
    name: String,
    #[state(after_set = Self::check, crate = state_core)]
    age: i32,
}

fn take<T: State>() {}

fn main() {
    take::<Person>();
}

// Words of fields above the type: the message says where they belong, and that a type is named otherwise.
use state_core::State;

#[derive(State)]
#[state(skip)]
#[state(bytes, rename = "example.Person")]
struct Person {
    name: String,
}

fn take<T: State>() {}

fn main() {
    take::<Person>();
}

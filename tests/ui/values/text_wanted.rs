// Names and bounds are string literals: no number, no path, no byte string, no macro.
use state_core::State;

#[derive(State)]
#[state(name = example::Person, bound = 1)]
struct Person {
    #[state(rename = 5)]
    name: String,
    #[state(rename = b"age")]
    age: i32,
    #[state(rename = concat!("a", "b"))]
    height: f32,
}

fn take<T: State>() {}

fn main() {
    take::<Person>();
}

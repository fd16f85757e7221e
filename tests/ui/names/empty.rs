// A name is what errors, files and other languages see.
use state_core::State;

#[derive(State)]
#[state(name = "")]
struct Person {
    #[state(rename = "")]
    name: String,
}

#[derive(State)]
enum Shape {
    #[state(rename = "")]
    Empty,
}

fn take<T: State>() {}

fn main() {
    take::<Person>();
}

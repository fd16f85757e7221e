// The same word twice, in one list and in two: which of them was meant is not ours to guess.
use state_core::State;

#[derive(State)]
#[state(name = "example.Person")]
#[state(name = "example.Human")]
struct Person {
    #[state(rename = "title", rename = "label")]
    name: String,
    #[state(skip, skip)]
    cache: u32,
}

fn take<T: State>() {}

fn main() {
    take::<Person>();
}

// A literal where a word should stand, as if there were only one thing to say.
use state_core::State;

#[derive(State)]
#[state("example.Person")]
struct Person {
    #[state(5)]
    name: String,
}

fn take<T: State>() {}

fn main() {
    take::<Person>();
}

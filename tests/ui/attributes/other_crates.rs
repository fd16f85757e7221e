// The attributes of others are theirs: the one error is about ours.
use state_core::State;

#[derive(State)]
#[state(nam = "example.Person")]
#[doc(alias = "human")]
struct Person {
    /// Documented, and linted elsewhere.
    #[allow(dead_code)]
    name: String,
}

fn take<T: State>() {}

fn main() {
    take::<Person>();
}

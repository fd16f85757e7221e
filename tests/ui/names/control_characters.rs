// Text formats end a name at a line break, and terminals obey the rest.
use state_core::State;

#[derive(State)]
#[state(name = "example\nPerson")]
struct Person {
    #[state(rename = "na\u{1b}me")]
    name: String,
}

fn take<T: State>() {}

fn main() {
    take::<Person>();
}

// A form that there is none of: the message says which one was meant, or lists those there are.
use state_core::State;

#[derive(State)]
#[state(pickle = "json")]
struct Person {
    name: String,
}

#[derive(State)]
#[state(pickle = "slot")]
struct Place {
    name: String,
}

#[derive(State)]
#[state(pickle = "atributes")]
struct Thing {
    name: String,
}

fn take<T: State>() {}

fn main() {
    take::<Person>();
    take::<Place>();
    take::<Thing>();
}

// Slots are told apart by name; both places are shown, also where a rename meets a plain name.
use state_core::State;

#[derive(State)]
struct Person {
    name: String,
    #[state(rename = "name")]
    label: String,
    #[state(rename = "key")]
    first: u8,
    #[state(rename = "key")]
    second: u8,
}

fn take<T: State>() {}

fn main() {
    take::<Person>();
}

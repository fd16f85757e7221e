// Words that are said or not said take no value.
use state_core::State;

#[derive(State)]
struct Person {
    #[state(skip = true)]
    cache: u32,
    #[state(bytes(uncounted))]
    data: Vec<u8>,
    #[state(sorted = "name")]
    set: Vec<u8>,
}

fn take<T: State>() {}

fn main() {
    take::<Person>();
}

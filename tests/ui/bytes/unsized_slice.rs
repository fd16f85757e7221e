// A slice as the last field makes the struct unsized: it cannot be built.
use state_core::State;

#[derive(State)]
struct Person {
    age: i32,
    #[state(bytes)]
    data: [u8],
}

fn main() {}

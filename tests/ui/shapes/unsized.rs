// A value of unknown size cannot be built and handed over.
use state_core::State;

#[derive(State)]
struct Person {
    name: str,
}

#[derive(State)]
struct Log {
    lines: [u8],
}

fn main() {}

// The length of an array is a constant, a call or a calculation.
use state_core::State;

const LARGE: bool = true;

#[derive(State)]
struct Person {
    name: [u8; if LARGE { 16 } else { 8 }],
}

#[derive(State)]
struct Dog {
    name: [u8; 4 + size_of::<u32>()],
}

fn main() {}

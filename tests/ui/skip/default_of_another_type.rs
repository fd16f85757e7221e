// The function gives another type than the field's.
use state_core::State;

fn zero() -> u64 {
    0
}

#[derive(State)]
struct Client {
    #[state(skip, default = zero)]
    retries: u8,
}

fn main() {}

// The function has nothing to take.
use state_core::State;

fn more(than: u8) -> u8 {
    than + 1
}

#[derive(State)]
struct Client {
    #[state(default = more)]
    retries: u8,
}

fn main() {}

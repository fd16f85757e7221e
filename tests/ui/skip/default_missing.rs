// The function is not there.
use state_core::State;

#[derive(State)]
struct Client {
    #[state(skip, default = Self::retires)]
    retries: u8,
}

fn main() {}

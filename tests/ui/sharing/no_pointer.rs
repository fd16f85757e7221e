// In a field without pointers there is nothing to share.
use state_core::State;

#[derive(State)]
struct Lamp {
    #[state(shared)]
    watts: u32,
    #[state(shared, cyclic)]
    names: Vec<Option<String>>,
}

fn main() {}

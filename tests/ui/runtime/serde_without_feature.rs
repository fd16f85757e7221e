// The runtime's feature has to be asked for.
use state_core::State;

#[derive(State)]
struct Cache {
    #[state(serde)]
    size: u32,
}

fn main() {}

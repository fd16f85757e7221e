// `State` alone takes a state and does not put it back.
use state_core::State;

#[derive(State)]
#[state(bound = "T: State")]
struct Model<T> {
    texture: Vec<T>,
}

fn main() {}

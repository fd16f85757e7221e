// A bound of the user's own that says too little is reported at the field that asks for more.
use state_core::State;

#[derive(State)]
#[state(bound = "T: Clone")]
struct Model<T> {
    texture: T,
}

fn main() {}

// A `with` module has `Slot`, `get` and `set`.
use state_core::State;

mod colour {}

#[derive(State)]
struct Pixel {
    #[state(with = colour)]
    colour: u32,
}

fn main() {}

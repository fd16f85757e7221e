// A module that is not there: its name is the one that is wrong.
use state_core::State;

mod convert {
    pub mod colour {}
}

#[derive(State)]
struct Pixel {
    #[state(with = convert::color)]
    colour: u32,
}

fn main() {}

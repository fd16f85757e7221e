// The error of a conversion is what the user reads.
use state_core::State;

mod colour {
    pub struct Fault;

    pub type Slot = u8;

    pub fn get(_: &u32) -> u8 {
        0
    }

    pub fn set(_: u8) -> Result<u32, Fault> {
        Err(Fault)
    }
}

#[derive(State)]
struct Pixel {
    #[state(with = colour)]
    colour: u32,
}

fn main() {}

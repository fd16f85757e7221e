// The module's functions must be visible where the type is.
use state_core::State;

mod colour {
    pub type Slot = u32;

    fn get(colour: &u32) -> u32 {
        *colour
    }

    pub fn set(slot: u32) -> Result<u32, std::convert::Infallible> {
        Ok(slot)
    }
}

#[derive(State)]
struct Pixel {
    #[state(with = colour)]
    colour: u32,
}

fn main() {}

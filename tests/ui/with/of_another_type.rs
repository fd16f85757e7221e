// The module converts another type than the field's.
use state_core::State;

mod colour {
    pub type Slot = u32;

    pub fn get(colour: &u32) -> u32 {
        *colour
    }

    pub fn set(slot: u32) -> Result<u32, std::convert::Infallible> {
        Ok(slot)
    }
}

#[derive(State)]
struct Pixel {
    #[state(with = colour)]
    colour: [u8; 4],
}

fn main() {}

// What stands in the slot needs a state, as every slot does.
use state_core::State;

struct Hex;

mod colour {
    use super::Hex;

    pub type Slot = Hex;

    pub fn get(_: &u32) -> Hex {
        Hex
    }

    pub fn set(_: Hex) -> Result<u32, std::convert::Infallible> {
        Ok(0)
    }
}

#[derive(State)]
struct Pixel {
    #[state(with = colour)]
    colour: u32,
}

fn main() {}

// `get` of a `with` module takes the field by reference and gives the slot.
use state_core::State;

mod colour {
    pub type Slot = [u8; 3];

    pub fn get(colour: u32) -> [u8; 3] {
        let [_, r, g, b] = colour.to_be_bytes();
        [r, g, b]
    }

    pub fn set([r, g, b]: [u8; 3]) -> Result<u32, std::convert::Infallible> {
        Ok(u32::from_be_bytes([0, r, g, b]))
    }
}

#[derive(State)]
struct Pixel {
    #[state(with = colour)]
    colour: u32,
}

fn main() {}

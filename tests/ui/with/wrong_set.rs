// `set` of a `with` module takes the slot and gives a `Result`.
use state_core::State;

mod colour {
    pub type Slot = [u8; 3];

    pub fn get(colour: &u32) -> [u8; 3] {
        let [_, r, g, b] = colour.to_be_bytes();
        [r, g, b]
    }

    pub fn set([r, g, b]: [u8; 3]) -> u32 {
        u32::from_be_bytes([0, r, g, b])
    }
}

#[derive(State)]
struct Pixel {
    #[state(with = colour)]
    colour: u32,
}

fn main() {}

// A number is a type and no module, so that it is not looked for as one.
use state_core::State;

#[derive(State)]
struct Image {
    #[state(with = Vec<u8>)]
    pixels: Vec<u8>,
    #[state(with = u32)]
    width: u32,
}

fn main() {}

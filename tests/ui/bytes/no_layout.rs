// What has bytes, but no described layout: the notes say how to get one.
use state_core::State;

#[derive(Clone, Copy)]
struct Pixel(u8, u8);

#[derive(State)]
struct Image {
    #[state(bytes)]
    pixels: Vec<Pixel>,
}

fn main() {}

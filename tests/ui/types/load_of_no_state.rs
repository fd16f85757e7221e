// A type without the derive, where a state is loaded and taken.
use state_core::{dumps, loads};

struct Texture;

fn main() {
    let bytes = dumps(&Texture).unwrap();
    let _: Texture = loads(&bytes).unwrap();
}

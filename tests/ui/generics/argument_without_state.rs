// A generic type has a state where its parameter has one.
use state_core::{State, dumps};

struct Texture;

#[derive(State)]
struct Model<T> {
    texture: T,
}

fn main() {
    let _ = dumps(&Model { texture: Texture });
}

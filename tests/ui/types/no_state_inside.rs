// What a container of std holds needs a state too.
use state_core::State;

struct Texture;

#[derive(State)]
struct Model {
    textures: Vec<Option<Texture>>,
}

#[derive(State)]
enum Paint {
    Flat(u8),
    Textured { textures: Box<Texture> },
}

fn main() {}

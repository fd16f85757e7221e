// In a variant too, the caret is on the field's type.
use state_core::State;

struct Texture;

#[derive(State)]
enum Paint {
    Flat(u8),
    Textured(u8, Texture),
}

fn main() {}

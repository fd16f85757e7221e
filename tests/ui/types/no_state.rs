// A field's type has no state: the caret is on the field's type, and the note says what to do.
use state_core::State;

struct Texture;

#[derive(State)]
struct Model {
    name: String,
    texture: Texture,
}

fn main() {}

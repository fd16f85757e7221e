// Each field without a state is reported, at once.
use state_core::State;

struct Texture;
struct Mesh;

#[derive(State)]
struct Model {
    texture: Texture,
    mesh: Option<Mesh>,
    name: String,
}

fn main() {}

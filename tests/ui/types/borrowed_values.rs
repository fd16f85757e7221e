// A reference to anything else cannot be put back, and the note says what can.
use state_core::State;

#[derive(State)]
struct Mesh<'a> {
    names: &'a [String],
}

fn main() {}

// Slices of other elements than bytes are borrowed from raw arrays.
use state_core::State;

#[derive(State)]
struct Mesh<'a> {
    indices: &'a [u16],
    normals: Option<&'a [f32]>,
    parts: Vec<&'a [u32]>,
    names: &'a [String],
    bytes: &'a [u8],
    #[state(bytes)]
    borrowed: &'a [u16],
}

fn main() {}

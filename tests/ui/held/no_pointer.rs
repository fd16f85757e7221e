// A history holds what a pointer leads to; a field without one has nothing to hold.
use state_core::State;

#[derive(State)]
struct Body {
    #[state(held)]
    mesh: Vec<[f32; 3]>,
    #[state(held)]
    name: Option<String>,
}

fn main() {}

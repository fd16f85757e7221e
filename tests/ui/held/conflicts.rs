// What is written as bytes has no pointers, and what is skipped nothing at all.
use state_core::State;
use std::sync::Arc;

#[derive(State)]
struct Body {
    #[state(held, bytes)]
    points: Arc<[f32]>,
    #[state(held, skip)]
    mesh: Arc<[f32]>,
    #[state(held = "mesh")]
    other: Arc<[f32]>,
}

#[derive(State)]
#[state(held)]
struct Model {
    points: Arc<[f32]>,
}

fn main() {}

// Trait objects, functions and addresses mean something in one process alone.
use state_core::State;

#[derive(State)]
struct Scene {
    shape: Box<dyn Draw>,
    shapes: Vec<Box<dyn Draw + Send>>,
    callback: Option<fn(u8) -> u8>,
    pointer: (*const u8, u8),
    #[state(sorted)]
    other: *mut u8,
    #[state(skip, default = idle)]
    idle: fn(),
}

trait Draw {}

fn take<T: State>() {}

fn main() {
    take::<Scene>();
}

// A trait object without a list of its types has no state, and a function never has one.
use state_core::{Dynamic, State, dumps};

trait Monster: Dynamic {}

#[derive(State)]
struct Cave {
    monsters: Vec<Box<dyn Monster>>,
}

#[derive(State)]
struct Button {
    #[state(skip, default = idle)]
    pressed: Box<dyn Fn(u8)>,
    released: Box<dyn Fn(u8) + Send>,
}

fn idle() -> Box<dyn Fn(u8)> {
    Box::new(|_| ())
}

fn main() {
    let _ = dumps(&Cave { monsters: Vec::new() });
}

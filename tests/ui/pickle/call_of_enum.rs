// A variant is no class that could be called with its slots.
use state_core::State;

#[derive(State)]
#[state(pickle = "call")]
enum Shape {
    Circle { radius: f64 },
}

fn take<T: State>() {}

fn main() {
    take::<Shape>();
}

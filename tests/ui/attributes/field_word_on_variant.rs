// A variant takes `rename` alone: it can be neither skipped nor handed to a module.
use state_core::State;

#[derive(State)]
enum Shape {
    #[state(skip)]
    Empty,
    #[state(with = hex, name = "Round")]
    Circle(f64),
}

fn take<T: State>() {}

fn main() {
    take::<Shape>();
}

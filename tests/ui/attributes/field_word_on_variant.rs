// A variant takes `rename` and `skip` alone: it can be neither filled nor handed to a module.
use state_core::State;

#[derive(State)]
enum Shape {
    #[state(default)]
    Empty,
    #[state(with = hex, name = "Round")]
    Circle(f64),
}

fn take<T: State>() {}

fn main() {
    take::<Shape>();
}

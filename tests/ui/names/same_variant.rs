// A variant is found by its name when it is restored.
use state_core::State;

#[derive(State)]
enum Shape {
    #[state(rename = "Round")]
    Circle(f64),
    Round,
}

fn take<T: State>() {}

fn main() {
    take::<Shape>();
}

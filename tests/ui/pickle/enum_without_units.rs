// Members of a Python enum hold no fields, so there must be a variant without.
use state_core::State;

#[derive(State)]
#[state(pickle = "enum")]
enum Shape {
    Circle(f64),
    Square(f64),
}

fn take<T: State>() {}

fn main() {
    take::<Shape>();
}

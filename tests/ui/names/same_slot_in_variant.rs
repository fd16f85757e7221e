// Each variant is looked at by itself: the same name in two of them is no conflict.
use state_core::State;

#[derive(State)]
enum Shape {
    Circle {
        radius: f64,
    },
    Ring {
        radius: f64,
        #[state(rename = "radius")]
        inner: f64,
    },
}

fn take<T: State>() {}

fn main() {
    take::<Shape>();
}

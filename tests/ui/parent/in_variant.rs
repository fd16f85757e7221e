// Only a struct extends its parent.
use state_core::State;

#[derive(State)]
enum Shape {
    Empty,
    Named {
        #[state(flatten_parent)]
        base: Base,
        radius: f64,
    },
    Pair(#[state(flatten_parent)] Base, f64),
}

#[derive(State)]
struct Base;

fn take<T: State>() {}

fn main() {
    take::<Shape>();
}

// The same by another name, and with generic arguments.
use state_core::State;

#[derive(State)]
struct Child<T> {
    #[state(flatten_parent)]
    base: Box<Child<T>>,
    item: T,
}

#[derive(State)]
struct Other {
    #[state(flatten_parent)]
    base: Box<Self>,
}

fn take<T: State>() {}

fn main() {
    take::<Child<u8>>();
}

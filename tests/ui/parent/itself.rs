// A type that begins with its own slots would never end.
use state_core::State;

#[derive(State)]
struct Child {
    #[state(flatten_parent)]
    base: Box<Child>,
}

fn take<T: State>() {}

fn main() {
    take::<Child>();
}

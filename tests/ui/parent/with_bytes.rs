// A parent's slots take the form that its own type gives them.
use state_core::State;

#[derive(State)]
struct Child {
    #[state(bytes, flatten_parent)]
    base: Base,
    name: String,
}

#[derive(State)]
struct Base;

fn take<T: State>() {}

fn main() {
    take::<Child>();
}

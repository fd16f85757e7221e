// A parent is not a slot: its slots keep their own names.
use state_core::State;

#[derive(State)]
struct Child {
    #[state(flatten_parent, rename = "super")]
    base: Base,
}

#[derive(State)]
struct Base;

fn take<T: State>() {}

fn main() {
    take::<Child>();
}

// A tuple has one prefix, so a type has one parent; both places are shown.
use state_core::State;

#[derive(State)]
struct Child {
    #[state(flatten_parent)]
    base: Base,
    name: String,
    #[state(flatten_parent)]
    other: Other,
}

#[derive(State)]
struct Base;

#[derive(State)]
struct Other;

fn take<T: State>() {}

fn main() {
    take::<Child>();
}

// The field that stands before the parent is shown by its own name, not by that of its slot.
use state_core::State;

#[derive(State)]
struct Child {
    #[state(rename = "title")]
    name: String,
    #[state(flatten_parent)]
    base: Base,
}

#[derive(State)]
struct Base;

fn take<T: State>() {}

fn main() {
    take::<Child>();
}

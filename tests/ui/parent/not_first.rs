// The parent's slots are the prefix of the tuple, so no slot stands before them; that slot is shown.
use state_core::State;

#[derive(State)]
struct Child {
    #[state(skip)]
    cache: u32,
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

// `parent` alone is a likely guess at `flatten_parent`.
use state_core::State;

#[derive(State)]
struct Child {
    #[state(parent)]
    base: Base,
}

#[derive(State)]
struct Base;

fn take<T: State>() {}

fn main() {
    take::<Child>();
}

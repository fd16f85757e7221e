// No module stands between a parent and its child, and no default.
use state_core::State;

#[derive(State)]
struct Child {
    #[state(flatten_parent, with = module, default)]
    base: Base,
}

#[derive(State)]
struct Base;

fn take<T: State>() {}

fn main() {
    take::<Child>();
}

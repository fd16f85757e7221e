// The parent is fixed when the child is compiled.
use state_core::State;

#[derive(State)]
struct Child {
    #[state(flatten_parent)]
    base: Box<dyn Draw>,
}

trait Draw {}

fn take<T: State>() {}

fn main() {
    take::<Child>();
}

// The same where the fields have no names.
use state_core::State;

#[derive(State)]
struct Child(String, #[state(flatten_parent)] Base);

#[derive(State)]
struct Base;

fn take<T: State>() {}

fn main() {
    take::<Child>();
}

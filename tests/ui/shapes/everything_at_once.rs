// All errors of a type are reported together, so that one compilation shows them.
use state_core::State;

#[derive(State)]
#[state(nmae = "example.Child", name = 5)]
#[repr(packed)]
struct Child {
    #[state(skip, bytes)]
    cache: Vec<u8>,
    name: &'static str,
    #[state(flatten_parent, rename = "base")]
    base: Base,
    #[state(rename = "name")]
    label: String,
}

#[derive(State)]
struct Base;

fn take<T: State>() {}

fn main() {
    take::<Child>();
}

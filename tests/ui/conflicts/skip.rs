// A skipped field has no slot, so nothing else can be said of one.
use state_core::State;

#[derive(State)]
struct Person {
    #[state(skip, rename = "title")]
    name: String,
    #[state(bytes, uncounted, skip)]
    data: Vec<u8>,
    #[state(skip)]
    #[state(flatten_parent)]
    base: Base,
}

#[derive(State)]
struct Base;

fn take<T: State>() {}

fn main() {
    take::<Person>();
}

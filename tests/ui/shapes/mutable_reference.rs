// Bytes are shared, so nothing in them can be lent out to be written.
use state_core::State;

#[derive(State)]
struct Person<'a> {
    name: &'a mut String,
}

fn take<T: State>() {}

fn main() {
    take::<Person<'static>>();
}

// Bytes are shared, so no part of them can be lent out to be written.
use state_core::State;

#[derive(State)]
struct Person<'a> {
    #[state(bytes)]
    data: &'a mut [u8],
}

fn take<T: State>() {}

fn main() {
    take::<Person<'static>>();
}

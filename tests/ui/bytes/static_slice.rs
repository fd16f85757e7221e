// A borrowed array borrows from the bytes it is loaded from, which do not live forever.
use state_core::State;

#[derive(State)]
struct Person {
    #[state(bytes)]
    data: &'static [u8],
}

fn take<T: State>() {}

fn main() {
    take::<Person>();
}

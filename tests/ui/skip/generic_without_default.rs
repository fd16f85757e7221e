// A parameter in a tuple is not seen to need a default, and the message says what to write.
use state_core::State;

#[derive(State)]
struct Client<T> {
    #[state(skip)]
    cache: (T, u8),
}

fn main() {}

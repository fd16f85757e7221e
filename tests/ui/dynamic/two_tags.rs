// A generic type has one tag, whatever its parameters: each use in a list needs its own.
use state_core::{Dynamic, State, dynamic};

trait Monster: Dynamic {}

#[derive(State)]
struct Slime<T> {
    of: T,
}

impl<T: State + 'static> Monster for Slime<T> {}

dynamic!(dyn Monster = [Slime<u8>, Slime<u16>]);

fn main() {}

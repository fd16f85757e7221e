// Files do not live as long as the values that are loaded from them, which a bound of a generic function has to say.
use state_core::{Result, State, loads_upgraded};

fn load<T: State>(bytes: &[u8]) -> Result<T> {
    loads_upgraded(bytes)
}

fn main() {
    let _ = load::<u8>(&[]);
}

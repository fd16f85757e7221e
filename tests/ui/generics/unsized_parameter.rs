// What is behind a pointer to an unsized parameter needs a bound of its own.
use state_core::{State, dumps};

#[derive(State)]
struct Behind<T: ?Sized> {
    inner: Box<T>,
}

fn main() {
    let _ = dumps(&Behind::<str> { inner: "text".into() });
}

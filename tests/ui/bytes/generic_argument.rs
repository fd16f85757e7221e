// A parameter under `bytes` is a record, and so are the arguments.
use state_core::{State, dumps};

#[derive(State)]
struct Series<T: 'static> {
    #[state(bytes)]
    samples: Vec<T>,
}

fn main() {
    let _ = dumps(&Series { samples: vec![true] });
}

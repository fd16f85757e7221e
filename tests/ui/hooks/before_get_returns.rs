// A `before_get` hook too returns nothing or a `Result`.
use state_core::State;

#[derive(State)]
#[state(before_get = Self::prepare)]
enum Cache {
    Empty,
    Full { size: u32 },
}

impl Cache {
    fn prepare(&self) -> Option<()> {
        None
    }
}

fn main() {}

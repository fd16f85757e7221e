// An `after_set` hook returns nothing or a `Result`.
use state_core::State;

#[derive(State)]
#[state(after_set = Self::rebuild)]
struct Cache {
    size: u32,
}

impl Cache {
    fn rebuild(&mut self) -> bool {
        true
    }
}

fn main() {}

// An `after_set` hook takes `&mut Self`.
use state_core::State;

#[derive(State)]
#[state(after_set = Self::rebuild)]
struct Cache {
    size: u32,
}

impl Cache {
    fn rebuild(&self, size: u32) {
        let _ = size;
    }
}

fn main() {}

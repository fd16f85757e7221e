// A state is taken from a shared value, so `before_get` cannot change it.
use state_core::State;

#[derive(State)]
#[state(before_get = Self::prepare)]
struct Cache {
    size: u32,
}

impl Cache {
    fn prepare(&mut self) {
        self.size += 1;
    }
}

fn main() {}

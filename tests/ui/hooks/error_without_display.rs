// The error of a hook is what the user reads.
use state_core::State;

struct Fault;

#[derive(State)]
#[state(after_set = Self::rebuild)]
struct Cache {
    size: u32,
}

impl Cache {
    fn rebuild(&mut self) -> Result<(), Fault> {
        Err(Fault)
    }
}

fn main() {}

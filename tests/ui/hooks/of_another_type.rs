// A hook of another type.
use state_core::State;

#[derive(State)]
#[state(after_set = rebuild)]
struct Cache {
    size: u32,
}

#[derive(State)]
struct Other;

fn rebuild(_: &mut Other) {}

fn main() {}

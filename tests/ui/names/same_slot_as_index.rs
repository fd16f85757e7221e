// A field without a name is called by its index.
use state_core::State;

#[derive(State)]
struct Pair(#[state(rename = "1")] u8, u8);

fn take<T: State>() {}

fn main() {
    take::<Pair>();
}

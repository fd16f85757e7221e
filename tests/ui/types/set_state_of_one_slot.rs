// A state is a tuple, also one of a single slot or of none.
use state_core::{State, StateExt};

#[derive(State)]
struct Counter(u8);

#[derive(State)]
struct Unit;

fn main() {
    Counter(1).set_state(5).unwrap();
    Counter(1).set_state("5").unwrap();
    Unit.set_state(None::<u8>).unwrap();
}

// An enum is a slot: it has no tuple of its own.
use state_core::State;
use state_core::value::StateExt;

#[derive(State)]
enum Kind {
    Plain,
}

fn main() {
    let _ = Kind::Plain.get_state();
}

// A type without values has no state to take.
use state_core::State;

#[derive(State)]
enum Never {}

fn take<T: State>() {}

fn main() {
    take::<Never>();
}

// A bound is a list of where predicates, without the word `where`.
use state_core::State;

#[derive(State)]
#[state(bound = "T")]
struct One<T> {
    inner: T,
}

#[derive(State)]
#[state(bound = "where T: Clone")]
struct Two<T> {
    inner: T,
}

fn main() {}

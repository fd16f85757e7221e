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

#[derive(State)]
#[state(bound = "T: ")]
struct Three<T> {
    inner: T,
}

#[derive(State)]
#[state(name = "example.Four", bound = T: Clone + Default, crate = state_core)]
struct Four<T> {
    inner: T,
}

#[derive(State)]
#[state(bound = for<'a> &'a T: Clone)]
struct Five<T> {
    inner: T,
}

fn main() {}

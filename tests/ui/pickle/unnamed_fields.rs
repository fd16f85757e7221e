// Python knows attributes by name, so the fields of a tuple struct need one each.
use state_core::State;

#[derive(State)]
#[state(pickle = "dict")]
struct Pair(i32, #[state(rename = "second")] i32);

#[derive(State)]
#[state(pickle = "cython")]
struct Single(i32);

fn take<T: State>() {}

fn main() {
    take::<Pair>();
    take::<Single>();
}

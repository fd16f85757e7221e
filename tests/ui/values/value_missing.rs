// Words that need a value, without one.
use state_core::State;

#[derive(State)]
#[state(name, bound, after_set)]
struct Person {
    #[state(rename)]
    name: String,
    #[state(with)]
    age: i32,
}

fn take<T: State>() {}

fn main() {
    take::<Person>();
}

// An equals sign with nothing behind it.
use state_core::State;

#[derive(State)]
#[state(name = )]
struct Person {
    #[state(with = , rename = "x")]
    name: String,
    #[state(skip =)]
    age: i32,
    #[state(default = <)]
    height: f32,
}

fn take<T: State>() {}

fn main() {
    take::<Person>();
}

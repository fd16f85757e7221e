// `bytes` on a type that has no raw form: one error, which names both ways to give it one.
use state_core::State;

struct Bicycle {
    gears: i32,
    name: String,
}

#[derive(State)]
struct Shop {
    #[state(bytes)]
    data: Vec<Bicycle>,
}

fn main() {}

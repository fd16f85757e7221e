// A name that a part had is no name that one has, and what is there is not removed.
use state_core::State;

#[derive(State)]
#[state(removed("age"))]
struct Person {
    #[state(alias("age"))]
    name: String,
    age: u8,
}

#[derive(State)]
#[state(removed("Dot"))]
enum Shape {
    #[state(alias("Point"))]
    Dot,
    #[state(alias("Point"))]
    Circle(f32),
}

#[derive(State)]
struct Skipped {
    #[state(skip, alias("old"))]
    cache: u8,
}

fn main() {}

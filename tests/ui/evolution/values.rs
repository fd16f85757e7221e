// What each attribute of older forms takes, and where it belongs.
use state_core::State;

#[derive(State)]
#[state(alias = "Old", removed(), from = Person, upgrade("x"))]
struct Person {
    #[state(alias)]
    name: String,
    #[state(other)]
    age: u8,
}

#[derive(State)]
#[state(from("v1"), removed(name))]
struct Team {
    #[state(alias(""))]
    name: String,
    #[state(removed("x"))]
    size: u8,
}

fn main() {}

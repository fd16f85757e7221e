// Both derives read the same attributes: what is wrong with one is said once, and each adds its own rules.
use state_core::{Record, State};

#[derive(State, Record)]
#[state(name = "example.Bicycle", bound = "", after_set = Self::check, colour = "red")]
struct Bicycle {
    #[state(skip, default = one)]
    gears: i32,
    #[state(skip, bytes, skp)]
    price: f64,
}

fn take<T: State>() {}

fn main() {
    take::<Bicycle>();
}

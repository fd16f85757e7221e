// What converts is asked for what it must be, where it is named.
use state_core::{Older, State};

mod v1 {
    #[derive(state_core::State)]
    pub struct Person {
        pub name: String,
    }
}

#[derive(State)]
#[state(from(v1::Person))]
struct Person {
    first: String,
}

#[derive(State)]
#[state(upgrade = faster)]
struct Speed {
    kmh: f32,
}

fn faster(_: &Older) {}

#[derive(State)]
#[state(upgrade = slower)]
struct Slow {
    kmh: f32,
}

fn slower(_: &mut Older) -> bool {
    true
}

fn main() {}

// Modules of Python are separated by dots, and each part has a name. A former name is what it was.
use state_core::State;

#[derive(State)]
#[state(name = "game::World")]
struct World {
    tick: u32,
}

#[derive(State)]
#[state(name = ".Monster")]
struct Monster {
    speed: f32,
}

#[derive(State)]
#[state(name = "game..Player")]
struct Player {
    #[state(rename = "a::b")]
    lives: u8,
}

#[derive(State)]
#[state(name = "game:Kind.Inner", alias("game::Kind"))]
struct Nested {
    speed: f32,
}

#[derive(State)]
#[state(name = "game. Item ", alias("game .Item"))]
struct Item {
    weight: f32,
}

#[derive(State)]
#[state(name = "game:Kind.Odd name")]
struct Odd {
    weight: f32,
}

fn take<T: State>() {}

fn main() {
    take::<World>();
    take::<Monster>();
    take::<Player>();
    take::<Nested>();
    take::<Item>();
    take::<Odd>();
}

// The fields are those of the type that is described, and those that are private have getters.
use state_core::State;

mod other {
    #[derive(Clone)]
    pub struct Point {
        pub x: f32,
        y: f32,
    }

    impl Point {
        pub fn y(&self) -> f32 {
            self.y
        }
    }
}

#[derive(State)]
#[state(remote = other::Point)]
struct Point {
    x: f32,
    y: f32,
}

#[derive(State)]
#[state(remote = other::Point)]
struct Other {
    x: u8,
    z: f32,
}

#[derive(State)]
#[state(remote = other::Point)]
struct Got {
    x: f32,
    #[state(getter = other::Point::y)]
    y: String,
}

fn main() {}

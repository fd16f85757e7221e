// With getters, the type is made by `From` or `TryFrom`.
use state_core::State;

mod other {
    pub struct Point {
        x: f32,
    }

    impl Point {
        pub fn x(&self) -> f32 {
            self.x
        }
    }
}

#[derive(State)]
#[state(remote = other::Point)]
struct Point {
    #[state(getter = other::Point::x)]
    x: f32,
}

fn main() {}

// A getter belongs to a struct that describes a type of another crate.
use state_core::State;

mod other {
    pub enum Shape {
        Circle(f32),
    }

    impl Shape {
        pub fn radius(&self) -> f32 {
            let Self::Circle(radius) = self;
            *radius
        }
    }
}

#[derive(State)]
struct Circle {
    #[state(getter = other::Shape::radius)]
    radius: f32,
}

#[derive(State)]
#[state(remote = other::Shape)]
enum Shape {
    Circle(#[state(getter = other::Shape::radius)] f32),
}

fn main() {}

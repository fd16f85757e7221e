// What is said of older forms must not contradict what is there now, or itself: each of these would do nothing, or not
// what it says.
use state_core::{Record, State};

mod v1 {
    #[derive(state_core::State)]
    pub struct Person {
        pub name: String,
    }
}

#[derive(State)]
#[state(name = "shop.Person", alias("shop.Human", "shop.Person"), removed("age", "age"), from(v1::Person, v1::Person))]
struct Person {
    name: String,
}

impl From<v1::Person> for Person {
    fn from(old: v1::Person) -> Self {
        Self { name: old.name }
    }
}

#[derive(State)]
#[state(removed("years"), from(Animal))]
struct Animal {
    #[state(alias("years"))]
    age: u8,
}

#[derive(State)]
#[state(removed("Dot"), from(Self))]
enum Shape {
    #[state(alias("Dot"))]
    Point,
}

#[derive(Record, Clone, Copy)]
#[repr(C)]
#[state(removed("y"))]
struct Place {
    #[state(alias("y"))]
    x: u8,
}

fn main() {}

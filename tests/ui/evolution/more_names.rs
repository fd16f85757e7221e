// Names of older forms are told once, and each to what can have had it.
use state_core::{Record, State};

#[derive(State)]
#[state(alias("Person"), removed("age", "age"))]
struct Person {
    #[state(alias("name"))]
    name: String,
    #[state(alias("old", "old"))]
    other: u8,
}

#[derive(State)]
struct Child {
    #[state(flatten_parent, alias("base"))]
    parent: Person,
}

#[derive(State)]
#[state(other)]
struct Other {
    #[state(removed)]
    a: u8,
}

#[derive(State)]
enum Shape {
    #[state(alias("line\n"), removed("x"), upgrade = f)]
    Dot,
    #[state(from(Person))]
    Line,
}

#[derive(Record, Clone, Copy)]
#[repr(C)]
#[state(removed("x"), from(Old), upgrade = f)]
struct Point {
    #[state(default, alias("y"))]
    x: u8,
    #[state(alias("x"), removed)]
    y: u8,
}

fn main() {}

// The words take no value, and are written once, above a type or a field and not a variant.
use state_core::State;
use std::rc::Rc;

#[derive(State)]
#[state(shared = "yes")]
struct Scene {
    floor: Rc<u8>,
}

#[derive(State)]
#[state(shared, shared)]
struct Twice {
    floor: Rc<u8>,
}

#[derive(State)]
enum Shape {
    #[state(shared, cyclic)]
    Some(Rc<u8>),
    #[state(held)]
    Other(Rc<u8>),
}

fn main() {}

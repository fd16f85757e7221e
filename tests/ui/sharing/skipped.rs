// What is no slot has nothing to share.
use state_core::State;
use std::rc::Rc;

#[derive(State)]
struct Scene {
    #[state(skip, shared)]
    floor: Rc<u8>,
    #[state(shared, cyclic, skip)]
    wall: Rc<u8>,
}

fn main() {}

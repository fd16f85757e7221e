// What is shared is a slot, and a box in a box is too: only what is in one box is the prefix of another's state.
use state_core::State;

use std::rc::Rc;

#[derive(State)]
struct Base {
    id: u32,
}

#[derive(State)]
struct Child(#[state(flatten_parent)] Rc<Base>, u8);

#[derive(State)]
struct Other(#[state(flatten_parent)] Box<Box<Base>>, u8);

#[derive(State)]
struct Third(#[state(flatten_parent)] Box<Third>, u8);

fn main() {}

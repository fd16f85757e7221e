//! A state whose handles share objects.

use std::rc::{Rc, Weak};
use std::sync::Arc;

use state_core::State;

#[derive(State, Debug)]
pub struct Leaf {
    pub number: u32,
}

#[derive(State, Debug)]
#[state(shared)]
pub struct Two {
    pub one: Rc<Leaf>,
    pub list: Vec<Rc<Leaf>>,
    pub text: (Arc<str>, Arc<str>),
    pub watch: Weak<Leaf>,
    pub unique: Rc<u8>,
}

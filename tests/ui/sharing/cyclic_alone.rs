// `cyclic` says something of shared objects, on a type and on a field.
use state_core::State;
use std::rc::Rc;

#[derive(State)]
#[state(cyclic)]
struct Node {
    next: Option<Rc<Node>>,
}

#[derive(State)]
struct Graph {
    #[state(cyclic)]
    nodes: Vec<Rc<Node>>,
}

fn main() {}

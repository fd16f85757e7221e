// A trait object directly in a cell is not found through its trait; one in a box there is.
use std::cell::RefCell;
use std::rc::Rc;

use state_core::{Dynamic, State, dynamic};

trait Component: Dynamic {}

#[derive(State)]
struct Counter(u8);

impl Component for Counter {}

dynamic!(dyn Component = [Counter]);

#[derive(State)]
struct World {
    boxed: Vec<Rc<RefCell<Box<dyn Component>>>>,
    components: Vec<Rc<RefCell<dyn Component>>>,
}

fn main() {}

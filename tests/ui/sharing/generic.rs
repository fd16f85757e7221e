// A generic type that shares makes its parameters `'static`: what borrows cannot be kept by its type.
use state_core::{State, dumps};
use std::rc::Rc;

#[derive(State)]
#[state(shared)]
struct Pair<T> {
    left: Rc<T>,
    right: Rc<T>,
}

fn take(text: &str) {
    let shared = Rc::new(text);
    let _ = dumps(&Pair { left: shared.clone(), right: shared });
}

fn main() {}

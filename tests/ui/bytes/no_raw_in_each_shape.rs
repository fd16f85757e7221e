// Whatever holds them, elements without a raw form are named at their place, once for each field.
use std::sync::Arc;

use state_core::State;

#[derive(Clone, Copy)]
struct Bicycle {
    gears: i32,
}

#[derive(State)]
struct Shop<'a> {
    #[state(bytes)]
    slice: &'a [Bicycle],
    #[state(bytes, uncounted)]
    boxed: Option<Box<[Bicycle]>>,
    #[state(bytes)]
    array: [Bicycle; 4],
    #[state(bytes)]
    shared: Arc<[Bicycle]>,
    #[state(bytes)]
    one: Bicycle,
}

fn main() {}

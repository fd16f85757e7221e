// An array of records is a slot by `bytes` alone, which the answer names.
use state_core::{Record, State};

#[derive(Record, Clone, Copy)]
#[repr(C)]
struct Bicycle {
    gears: i32,
    price: f64,
}

#[derive(State)]
struct Shop {
    bicycles: Vec<Bicycle>,
}

fn main() {}

// The path of the runtime leads to a module that is not it.
use state_core::Record;

mod runtime {}

#[derive(Record, Clone, Copy)]
#[state(crate = crate::runtimes)]
#[repr(C)]
struct Bicycle {
    gears: i32,
}

fn main() {}

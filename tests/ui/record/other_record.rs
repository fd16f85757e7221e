// A struct in a record is a record too.
use state_core::Record;

#[derive(Clone, Copy)]
#[repr(C)]
struct Wheel {
    size: f32,
}

#[derive(Record, Clone, Copy)]
#[repr(C)]
struct Bicycle(Wheel, [Wheel; 2]);

fn main() {}

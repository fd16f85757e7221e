// A record is copied as bytes.
use state_core::Record;

#[derive(Record)]
#[repr(C)]
struct Bicycle {
    gears: i32,
}

fn main() {}

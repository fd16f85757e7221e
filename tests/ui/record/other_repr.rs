// Alignment alone does not fix the layout.
use state_core::Record;

#[derive(Record, Clone, Copy)]
#[repr(align(16))]
struct Bicycle {
    gears: i32,
}

fn take<T: Record>() {}

fn main() {
    take::<Bicycle>();
}

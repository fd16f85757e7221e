// Rust orders the fields of other structs as it likes.
use state_core::Record;

#[derive(Record, Clone, Copy)]
struct Bicycle {
    gears: i32,
    price: f64,
}

fn take<T: Record>() {}

fn main() {
    take::<Bicycle>();
}

// A field of a record is found by its name, as in a NumPy dtype.
use state_core::Record;

#[derive(Record, Clone, Copy)]
#[repr(C)]
struct Bicycle {
    gears: i32,
    #[state(rename = "gears")]
    price: f64,
}

fn take<T: Record>() {}

fn main() {
    take::<Bicycle>();
}

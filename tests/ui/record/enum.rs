// Not all bytes are a value of an enum.
use state_core::Record;

#[derive(Record, Clone, Copy)]
#[repr(C)]
enum Gear {
    Low,
    High,
}

fn take<T: Record>() {}

fn main() {
    take::<Gear>();
}

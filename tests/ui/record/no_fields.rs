// An array of them would be a count without bytes.
use state_core::Record;

#[derive(Record, Clone, Copy)]
#[repr(C)]
struct Unit;

#[derive(Record, Clone, Copy)]
#[repr(C)]
struct Empty {}

fn take<T: Record>() {}

fn main() {
    take::<Unit>();
}

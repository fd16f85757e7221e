// Nothing tells which field of a union is live.
use state_core::Record;

#[derive(Record, Clone, Copy)]
#[repr(C)]
union Bits {
    int: u32,
    float: f32,
}

fn take<T: Record>() {}

fn main() {
    take::<Bits>();
}

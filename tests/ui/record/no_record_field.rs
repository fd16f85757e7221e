// A record holds numbers and records: not what has bytes that are no value, an address, or a size of the machine's.
use state_core::Record;

#[derive(Clone, Copy)]
enum Kind {
    A,
    B,
}

#[derive(Record, Clone, Copy)]
#[repr(C)]
struct Bicycle {
    electric: bool,
    gears: usize,
    kind: Kind,
    letter: char,
}

fn main() {}

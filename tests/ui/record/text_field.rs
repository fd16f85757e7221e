// Text lies elsewhere, and a struct that holds it is not copied as bytes.
use state_core::Record;

#[derive(Record)]
#[repr(C)]
struct Person {
    name: String,
    age: i32,
}

fn main() {}

// The walk borrows each field, which a packed struct does not allow.
use state_core::State;

#[derive(State)]
#[repr(C, packed(2))]
struct Person {
    age: i64,
}

fn take<T: State>() {}

fn main() {
    take::<Person>();
}

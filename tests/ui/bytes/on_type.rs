// `bytes` is about a field; a struct as raw bytes is a record.
use state_core::State;

#[derive(State)]
#[state(bytes)]
#[repr(C)]
struct Bicycle {
    gears: i32,
}

fn take<T: State>() {}

fn main() {
    take::<Bicycle>();
}

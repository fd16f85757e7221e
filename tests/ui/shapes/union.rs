// Nothing tells which field of a union is live; both derives refuse it in one line.
use state_core::State;

#[derive(State)]
union Bits {
    int: u32,
    float: f32,
}

fn take<T: State>() {}

fn main() {
    take::<Bits>();
}

// What gives its state but cannot take one back.
use state_core::{State, dumps, loads};

#[derive(State)]
struct View<'a> {
    number: &'a u32,
}

fn main() {
    let bytes = dumps(&View { number: &3 }).unwrap();
    let _: View<'_> = loads(&bytes).unwrap();
}

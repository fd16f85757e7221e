// What borrows from the bytes cannot outlive them.
use state_core::{State, dumps, loads};

#[derive(State)]
struct View<'a> {
    name: &'a str,
}

fn main() {
    let view: View<'_> = loads(&dumps(&View { name: "Dave" }).unwrap()).unwrap();
    println!("{}", view.name);
}

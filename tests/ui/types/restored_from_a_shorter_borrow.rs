// A live value that borrows from older bytes cannot borrow from newer ones that die before it.
use state_core::{State, dumps, load_into, loads};

#[derive(State)]
struct View<'a> {
    name: &'a str,
}

fn main() {
    let older = dumps(&View { name: "Dave" }).unwrap();
    let mut view: View<'_> = loads(&older).unwrap();
    {
        let newer = dumps(&View { name: "Ada" }).unwrap();
        load_into(&newer, &mut view).unwrap();
    }
    println!("{}", view.name);
}

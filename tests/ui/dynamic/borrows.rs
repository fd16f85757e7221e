// What borrows from the bytes does not live long enough to be behind a trait object.
use state_core::{Dynamic, State, dynamic};

trait Monster: Dynamic {}

#[derive(State)]
struct Goblin<'a> {
    name: &'a str,
}

impl Monster for Goblin<'static> {}

dynamic!(dyn Monster = [Goblin<'static>]);

fn main() {}
